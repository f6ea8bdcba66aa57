import type { Room } from 'livekit-client';
import { useState } from 'react';
import type { Ask } from '../../hooks/call/useAsk';
import { type Frame, useFrames } from '../../hooks/call/useFrames';
import { useNow } from '../../hooks/useNow';
import { frameInWords } from '../../protocol/frames';
import { age } from '../../protocol/telling';

interface FramesProps {
  readonly room: Room;
  readonly ask: Ask;
}

/** The very pictures that the model was sent, and how old they are. */
export function Frames({ room, ask }: FramesProps) {
  const { frames, refused } = useFrames(room, ask);
  const now = useNow();
  const [picked, setPicked] = useState('');
  const large = frames.find((one) => one.address === picked) ?? frames[0];
  return (
    <section className="frames" aria-label="What the agent sees">
      <h2>What the agent sees</h2>
      {large ? (
        <figure>
          <img src={large.address} alt={`The agent sees: ${frameInWords(large)}`} />
          <figcaption>
            <span>{frameInWords(large)}</span> <time>{ageOf(large, now)}</time>
          </figcaption>
        </figure>
      ) : (
        <p className="frames-empty">{refused || 'Its next picture will be here.'}</p>
      )}
      {frames.length > 1 && (
        <ol>
          {frames.map((one) => (
            <li key={one.address}>
              <button
                aria-label={`${frameInWords(one)}, ${ageOf(one, now)}`}
                aria-pressed={one === large}
                onClick={() => {
                  setPicked(one === frames[0] ? '' : one.address);
                }}
              >
                <img src={one.address} alt="" />
              </button>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function ageOf({ came }: Frame, now: number): string {
  return age((now - came) / 1000);
}
