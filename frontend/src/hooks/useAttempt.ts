import { useCallback, useState } from 'react';

export interface Attempt {
  /** Why the last thing that was asked for did not happen; empty when it did. */
  readonly problem: string;
  /** Do something, and say in words what went wrong with it. */
  readonly attempt: (work: Promise<unknown>, words: (error: Error) => string) => void;
}

/** Keep what went wrong with the newest of the things a visitor asks for. */
export function useAttempt(): Attempt {
  const [problem, setProblem] = useState('');
  const attempt = useCallback((work: Promise<unknown>, words: (error: Error) => string) => {
    setProblem('');
    work.catch((error: unknown) => {
      setProblem(words(error instanceof Error ? error : new Error()));
    });
  }, []);
  return { problem, attempt };
}
