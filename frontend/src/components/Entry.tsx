import { memo } from 'react';
import { speakerOf } from '../protocol/speaker';
import type { Line, People } from '../protocol/talk';
import { clock } from '../protocol/telling';
import { toolInWords } from '../protocol/wording';

interface EntryProps {
  readonly line: Line;
  readonly people: People;
}

/** One line of the transcript; drawn again only when it has changed. */
export const Entry = memo(function Entry({ line, people }: EntryProps) {
  const kind = line.type === 'transcript' ? line.who : line.type;
  return (
    <li className={`line line-${kind}`}>
      <Content line={line} people={people} />
    </li>
  );
});

function Content({ line, people }: EntryProps) {
  switch (line.type) {
    case 'transcript':
      return (
        <>
          <p className="line-who">
            {speakerOf(line, people)} <time>{clock(line.at)}</time>
          </p>
          <p className={line.final ? 'line-text' : 'line-text line-open'} dir="auto">
            {line.text}
            {line.interrupted && <span className="line-cut"> (interrupted)</span>}
          </p>
        </>
      );
    case 'tool':
      return (
        <>
          <p className="tool-name" data-status={line.status}>
            {toolInWords(line.name)} <span>{WORDS[line.status]}</span>
          </p>
          {line.summary && (
            <p className="tool-summary" dir="auto">
              {line.summary}
            </p>
          )}
        </>
      );
    case 'code':
      return (
        <>
          <p className="tool-name" data-status={line.status}>
            Ran code <span>{WORDS[line.status]}</span>
          </p>
          <pre className="code" tabIndex={0} aria-label="Code">
            {line.code.trim()}
          </pre>
          {line.output && (
            <pre className="code code-output" tabIndex={0} aria-label="What it printed">
              {line.output.trim()}
            </pre>
          )}
        </>
      );
    case 'sources':
      return (
        <>
          <p className="tool-name">Sources</p>
          {line.queries.length > 0 && <p className="hint">For “{line.queries.join('”, “')}”</p>}
          <ul className="links">
            {line.links.map(({ title, url }) => (
              <li key={url}>
                <a href={url} target="_blank" rel="noreferrer">
                  {title || url}
                </a>{' '}
                <span>{new URL(url).hostname}</span>
              </li>
            ))}
          </ul>
        </>
      );
    case 'notice':
      return <p data-level={line.level}>{line.text}</p>;
  }
}

const WORDS = {
  running: 'at work …',
  done: 'done',
  failed: 'did not work',
  cancelled: 'called off',
} as const;
