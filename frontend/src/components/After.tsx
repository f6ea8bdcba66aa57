import { useArrival } from '../hooks/useArrival';
import { exportTalk, FORMATS, type Format } from '../protocol/export';
import type { Usage } from '../protocol/message';
import type { Line } from '../protocol/talk';
import { Mark } from './Mark';
import { Transcript } from './Transcript';

interface AfterProps {
  readonly lines: readonly Line[];
  readonly usage: Usage | undefined;
  readonly ending: string;
  readonly onAgain: () => void;
}

/** After the call: what was said, to read and to take away. */
export function After({ lines, usage, ending, onAgain }: AfterProps) {
  const head = useArrival<HTMLHeadingElement>();
  return (
    <main className="after">
      <header className="after-head">
        <Mark />
        <h1 ref={head} tabIndex={-1}>
          {ending || 'The call has ended'}
        </h1>
        {usage && (
          <p className="after-cost">
            {usage.turn} turns, about ${usage.call_usd.toFixed(3)} at list prices
          </p>
        )}
        <div className="after-acts">
          <button className="primary" onClick={onAgain}>
            Call again
          </button>
          {lines.length > 0 && (
            <div className="after-save" role="group" aria-label="Save the transcript">
              <span>Save as</span>
              {FORMATS.map(({ format, name }) => (
                <button
                  key={format}
                  className="quiet"
                  aria-label={`Save as ${name}`}
                  onClick={() => {
                    download(lines, format);
                  }}
                >
                  {name}
                </button>
              ))}
            </div>
          )}
        </div>
      </header>
      {lines.length > 0 ? (
        <Transcript lines={lines} />
      ) : (
        <p className="after-empty">Nothing was said.</p>
      )}
    </main>
  );
}

function download(lines: readonly Line[], format: Format): void {
  const file = exportTalk(lines, format);
  const address = URL.createObjectURL(new Blob([file.content], { type: file.kind }));
  const link = document.createElement('a');
  link.href = address;
  link.download = file.name;
  link.click();
  URL.revokeObjectURL(address);
}
