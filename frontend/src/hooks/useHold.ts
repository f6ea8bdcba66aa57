import { type RefObject, useEffect, useState } from 'react';

/** `held` until it is let go; `kept` until it is pressed once more. */
export type Hold = 'free' | 'held' | 'kept';

/**
 * Tell whether a button, or the space bar, is held down. Letting go counts wherever it happens,
 * also by leaving the window. Where nobody can hold it (Enter, a screen reader, a spoken command), a
 * press begins and the next one ends.
 */
export function useHold(button: RefObject<HTMLElement | null>): Hold {
  const [hold, setHold] = useState<Hold>('free');
  useEffect(() => {
    const element = button.current;
    if (!element) return undefined;
    let pointed = false;
    const press = (): void => {
      pointed = true;
      setHold('held');
    };
    const release = (event: Event): void => {
      // A click comes after this only where both happened on the button.
      if (!(event.target instanceof Node && element.contains(event.target))) pointed = false;
      setHold((now) => (now === 'held' ? 'free' : now));
    };
    const leave = (): void => {
      pointed = false;
      setHold('free');
    };
    const onClick = (): void => {
      if (!pointed) setHold((now) => (now === 'free' ? 'kept' : 'free'));
      pointed = false;
    };
    const onKeyDown = (event: KeyboardEvent): void => {
      // Enter that is held down would click again and again.
      if (event.key === 'Enter' && event.repeat && event.target === element) event.preventDefault();
      if (event.key !== ' ' || isTaken(event.target, element)) return;
      event.preventDefault();
      if (!event.repeat) setHold('held');
    };
    const onKeyUp = (event: KeyboardEvent): void => {
      if (event.key !== ' ') return;
      // Some browsers click a button at the end of a space.
      if (event.target === element) event.preventDefault();
      setHold((now) => (now === 'held' ? 'free' : now));
    };
    const left = new AbortController();
    const { signal } = left;
    element.addEventListener('pointerdown', press, { signal });
    element.addEventListener('click', onClick, { signal });
    window.addEventListener('pointerup', release, { signal });
    window.addEventListener('pointercancel', leave, { signal });
    window.addEventListener('keydown', onKeyDown, { signal });
    window.addEventListener('keyup', onKeyUp, { signal });
    window.addEventListener('blur', leave, { signal });
    return () => {
      left.abort();
      leave();
    };
  }, [button]);
  return hold;
}

/** Whoever came to a control by the keyboard presses it by space; after a click, space is to talk. */
function isTaken(target: EventTarget | null, own: HTMLElement): boolean {
  if (document.querySelector('dialog[open]')) return true;
  if (!(target instanceof HTMLElement) || own.contains(target)) return false;
  if (target.matches('input, textarea, select')) return true;
  return target.matches('a[href], summary, button') && target.matches(':focus-visible');
}
