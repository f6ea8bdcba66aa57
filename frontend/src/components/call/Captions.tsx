import { useEffect, useState } from 'react';
import { spoken, type Talk } from '../../protocol/talk';

interface CaptionsProps {
  readonly talk: Talk;
}

/** Milliseconds that a line stays after its last word. */
const STAYS = 6000;

/** The two newest lines of what is being said; for screen readers, what the agent has said. */
export function Captions({ talk }: CaptionsProps) {
  const line = spoken(talk);
  const [faded, setFaded] = useState('');
  const now = line && `${line.key} ${line.text.length}`;
  useEffect(() => {
    if (now === undefined) return undefined;
    const timer = setTimeout(() => {
      setFaded(now);
    }, STAYS);
    return () => {
      clearTimeout(timer);
    };
  }, [now]);
  const shown = line && !(line.final && faded === now) ? line : undefined;
  const said = talk.lines.findLast(
    (one) => one.type === 'transcript' && one.who === 'agent' && one.final,
  );
  return (
    <>
      <p className="captions" data-who={shown?.who} aria-hidden="true">
        {shown && <span>{shown.text}</span>}
      </p>
      <p className="unseen" aria-live="polite">
        {said?.type === 'transcript' ? said.text : ''}
      </p>
    </>
  );
}
