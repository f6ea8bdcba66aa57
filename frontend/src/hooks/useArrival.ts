import { type RefObject, useEffect, useRef } from 'react';

/** Give the keyboard's attention to what has just taken the place of something else, if it has. */
export function useArrival<T extends HTMLElement>(instead = true): RefObject<T | null> {
  const element = useRef<T>(null);
  useEffect(() => {
    if (instead) element.current?.focus({ preventScroll: true });
  }, [instead]);
  return element;
}
