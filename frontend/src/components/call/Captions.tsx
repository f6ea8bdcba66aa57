import { useFleeting } from '../../hooks/useFleeting';
import { lastRows } from '../../protocol/rows';
import { answered, spoken, type Talk } from '../../protocol/talk';

interface CaptionsProps {
  readonly talk: Talk;
}

/** Milliseconds that a line stays after its last word. */
const STAYS = 6000;

/** The two newest rows of what is being said; for screen readers, what the agent has said. */
export function Captions({ talk }: CaptionsProps) {
  const newest = spoken(talk);
  const fresh = useFleeting(newest, STAYS);
  // What is still being said stays, however long the pause.
  const line = newest?.final === false ? newest : fresh;
  return (
    <>
      {line && (
        <p className="captions" data-who={line.who} dir="auto" aria-hidden="true">
          {lastRows(line.text).map((row, index) => (
            <span key={index}>{row}</span>
          ))}
        </p>
      )}
      <p className="unseen" aria-live="polite" aria-label="Captions" role="log">
        {answered(talk)?.text}
      </p>
    </>
  );
}
