import { memo, useEffect, useRef } from 'react';
import type { Line, People } from '../protocol/talk';
import { Entry } from './Entry';

interface TranscriptProps {
  readonly lines: readonly Line[];
  readonly people: People;
}

/** Pixels from the end within which a reader counts as one who follows. */
const NEAR = 80;

/** Everything that was said, with tools where they were used; all of it text, never markup. */
export const Transcript = memo(function Transcript({ lines, people }: TranscriptProps) {
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
      {lines.length === 0 && <li className="transcript-empty">What is said will stand here.</li>}
      {lines.map((line) => (
        <Entry key={line.key} line={line} people={people} />
      ))}
    </ol>
  );
});
