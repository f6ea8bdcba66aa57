import { useEffect, useState } from 'react';

/** Return the newest of a list for as long as it is fresh: `stays` milliseconds, then nothing. */
export function useFleeting<T>(newest: T | undefined, stays: number): T | undefined {
  const [stale, setStale] = useState<T>();
  useEffect(() => {
    if (newest === undefined) return undefined;
    const timer = setTimeout(() => {
      setStale(newest);
    }, stays);
    return () => {
      clearTimeout(timer);
    };
  }, [newest, stays]);
  return newest === stale ? undefined : newest;
}
