import { useEffect, useState } from 'react';
import { isFinal } from '../hooks/admission';
import type { Ticket } from '../hooks/call/useCall';
import type { Seat } from '../hooks/seat';
import { useAdmission } from '../hooks/useAdmission';
import { useMedia } from '../hooks/useMedia';
import { useStored } from '../hooks/useStored';
import { refusalInWords } from '../protocol/wording';
import { Mark } from './Mark';

interface ReturnProps {
  readonly seat: Seat;
  readonly onJoin: (ticket: Ticket) => void;
  /** The visitor would rather not, or the way back is closed. */
  readonly onStay: () => void;
}

/** After a reload in mid-call: back to it, with what was switched on. */
export function Return({ seat, onJoin, onStay }: ReturnProps) {
  const [camera] = useStored('sightline.camera');
  const [microphone] = useStored('sightline.microphone');
  const [attempt, setAttempt] = useState(0);
  const { asking, take } = useMedia({ camera, microphone }, seat);
  const { refused, ask } = useAdmission();
  const closed = refused !== undefined && isFinal(refused.status);

  useEffect(() => {
    if (asking) return undefined;
    let here = true;
    void ask(seat).then((admission) => {
      if (here && admission) onJoin({ ...seat, admission, ...take() });
    });
    return () => {
      here = false;
    };
  }, [asking, attempt, ask, take, seat, onJoin]);
  useEffect(() => {
    if (closed) onStay();
  }, [closed, onStay]);

  return (
    <main className="return">
      <Mark />
      <div role="status">
        <h1>Coming back to your call</h1>
      </div>
      {refused !== undefined && !closed && (
        <>
          <p className="problem" role="alert">
            {refusalInWords(refused.status)}
          </p>
          <button
            className="primary"
            onClick={() => {
              setAttempt((count) => count + 1);
            }}
          >
            Try again
          </button>
        </>
      )}
      <button className="quiet" onClick={onStay}>
        Stay out
      </button>
    </main>
  );
}
