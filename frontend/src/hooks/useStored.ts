import { useCallback, useState } from 'react';

/** Keep a word of the visitor's own in this browser; never a token or a code. */
export function useStored(key: string): [string, (value: string) => void] {
  const [value, setValue] = useState(() => readStored(key));
  const change = useCallback(
    (next: string) => {
      setValue(next);
      store(key, next);
    },
    [key],
  );
  return [value, change];
}

export function store(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Private windows may refuse; then it lasts as long as the page.
  }
}

/** Return what is kept; empty for nothing. */
export function readStored(key: string): string {
  try {
    return localStorage.getItem(key) ?? '';
  } catch {
    return '';
  }
}
