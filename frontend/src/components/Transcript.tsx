import { useEffect, useRef } from 'react';
import { clock } from '../protocol/telling';
import type { Line } from '../protocol/talk';
import { toolInWords } from '../protocol/wording';

interface TranscriptProps {
  readonly lines: readonly Line[];
}

/** Pixels from the end within which a reader counts as one who follows. */
const NEAR = 80;

/** Everything that was said, with tools where they were used; all of it text, never markup. */
export function Transcript({ lines }: TranscriptProps) {
  const list = useRef<HTMLOListElement>(null);
  const follows = useRef(true);
  useEffect(() => {
    const element = list.current;
    if (element && follows.current) element.scrollTop = element.scrollHeight;
  }, [lines]);
  useEffect(() => {
    const element = list.current;
    if (!element) return undefined;
    // A telephone that is turned, or its keyboard, must not hide the newest line.
    const observer = new ResizeObserver(() => {
      if (follows.current) element.scrollTop = element.scrollHeight;
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  }, []);
  return (
    <ol
      className="transcript"
      ref={list}
      tabIndex={0}
      aria-label="Transcript"
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        follows.current = scrollHeight - scrollTop - clientHeight < NEAR;
      }}
    >
      {lines.map((line) => (
        <li key={line.key} className={`line line-${kindOf(line)}`}>
          <Entry line={line} />
        </li>
      ))}
    </ol>
  );
}

function kindOf(line: Line): string {
  return line.type === 'transcript' ? line.who : line.type;
}

function Entry({ line }: { readonly line: Line }) {
  switch (line.type) {
    case 'transcript':
      return (
        <>
          <p className="line-who">
            {line.who === 'agent' ? 'Agent' : 'You'} <time>{clock(line.at)}</time>
          </p>
          <p className={line.final ? 'line-text' : 'line-text line-open'}>
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
          {line.summary && <p className="tool-summary">{line.summary}</p>}
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
