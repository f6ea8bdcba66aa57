import { useEffect, useState } from 'react';
import { askToJoin } from '../hooks/admission';
import type { Ticket } from '../hooks/call/useCall';
import type { Seat } from '../hooks/seat';
import { useMedia } from '../hooks/useMedia';
import { useStored } from '../hooks/useStored';
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
  const [left, setLeft] = useState(false);
  const media = useMedia({ camera, microphone }, seat);
  const { asking, keep } = media;

  useEffect(() => {
    if (asking || left) return undefined;
    let here = true;
    askToJoin(seat).then(
      (admission) => {
        if (!here) return;
        keep();
        onJoin({ ...seat, admission, camera: media.camera, microphone: media.microphone });
      },
      () => {
        if (here) onStay();
      },
    );
    return () => {
      here = false;
    };
  }, [asking, left, keep, media.camera, media.microphone, seat, onJoin, onStay]);

  return (
    <main className="return">
      <Mark />
      <div role="status">
        <h1>Coming back to your call</h1>
      </div>
      <button
        className="quiet"
        onClick={() => {
          setLeft(true);
          onStay();
        }}
      >
        Stay out
      </button>
    </main>
  );
}
