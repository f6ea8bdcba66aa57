import { type RefObject, useEffect, useRef } from 'react';

/** Give the keyboard's attention to what has just taken the place of something else. */
export function useArrival<T extends HTMLElement>(): RefObject<T | null> {
  const element = useRef<T>(null);
  useEffect(() => {
    element.current?.focus({ preventScroll: true });
  }, []);
  return element;
}
