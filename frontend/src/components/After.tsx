import { useArrival } from '../hooks/useArrival';
import { exportTalk, FORMATS, type Format } from '../protocol/export';
import { billInWords, billOf } from '../protocol/bill';
import type { Talk } from '../protocol/talk';
import { Mark } from './Mark';
import { Transcript } from './Transcript';

interface AfterProps {
  readonly talk: Talk;
  readonly ending: string;
  readonly onAgain: () => void;
}

/** After the call: what was said, to read and to take away. */
export function After({ talk, ending, onAgain }: AfterProps) {
  const { lines, people } = talk;
  const bill = billOf(talk.usages);
  const head = useArrival<HTMLHeadingElement>();
  return (
    <main className="after">
      <header className="after-head">
        <Mark />
        <h1 ref={head} tabIndex={-1}>
          {ending || 'The call has ended'}
        </h1>
        {bill && <p className="after-cost">{billInWords(bill)}</p>}
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
                    download(talk, format);
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
        <Transcript lines={lines} people={people} />
      ) : (
        <p className="after-empty">Nothing was said.</p>
      )}
    </main>
  );
}

function download({ lines, people }: Talk, format: Format): void {
  const file = exportTalk(lines, people, format);
  const address = URL.createObjectURL(new Blob([file.content], { type: file.kind }));
  const link = document.createElement('a');
  link.href = address;
  link.download = file.name;
  link.click();
  URL.revokeObjectURL(address);
}
