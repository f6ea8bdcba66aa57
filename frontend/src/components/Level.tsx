import { useCallback, useRef } from 'react';
import { useLevel } from '../hooks/useLevel';

interface LevelProps {
  readonly track: MediaStreamTrack | undefined;
}

/** How loud the microphone hears the visitor. */
export function Level({ track }: LevelProps) {
  const bar = useRef<HTMLSpanElement>(null);
  const show = useCallback((level: number) => {
    // Past React: sixty times a second.
    bar.current?.style.setProperty('--level', level.toFixed(3));
  }, []);
  useLevel(track, show);
  return (
    <p className="level">
      <span>{track ? 'Say something: the line should move' : 'No microphone'}</span>
      <span className="level-bar" ref={bar} aria-hidden="true" />
    </p>
  );
}
