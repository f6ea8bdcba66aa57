import { useCallback, useEffect, useRef, useState } from 'react';

export interface Attempt {
  /** Why the last thing that was asked for did not happen; empty when it did, and after a while. */
  readonly problem: string;
  /** Do something, and say in words what went wrong with it. */
  readonly attempt: (work: Promise<unknown>, words: (error: Error) => string) => void;
}

/** Milliseconds that words of a failure stay. */
const STAYS = 10_000;
const NONE = { words: '', at: '' };

/**
 * Keep what went wrong with the newest of the things a visitor asks for.
 *
 * Words go with the news after which they may be wrong, and nothing is said of what was asked of
 * another `agent` than the one that is there.
 */
export function useAttempt(agent = '', news = ''): Attempt {
  const [{ words, at }, setProblem] = useState(NONE);
  const now = useRef({ agent, news });
  useEffect(() => {
    now.current = { agent, news };
  });
  const attempt = useCallback((work: Promise<unknown>, words: (error: Error) => string) => {
    const asked = now.current.agent;
    setProblem(NONE);
    work.catch((error: unknown) => {
      const { agent, news } = now.current;
      if (agent !== asked) return;
      setProblem({ words: words(error instanceof Error ? error : new Error()), at: agent + news });
    });
  }, []);
  useEffect(() => {
    if (words === '') return undefined;
    const timer = setTimeout(setProblem, STAYS, NONE);
    return () => {
      clearTimeout(timer);
    };
  }, [words, at]);
  return { problem: at === agent + news ? words : '', attempt };
}
