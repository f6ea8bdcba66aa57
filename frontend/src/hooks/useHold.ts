import { type RefObject, useEffect, useState } from 'react';

/**
 * Tell whether a button, or the space bar, is held down. Letting go counts wherever it happens,
 * also by leaving the window.
 */
export function useHold(button: RefObject<HTMLElement | null>, enabled: boolean): boolean {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    const element = button.current;
    if (!enabled || !element) return undefined;
    const press = (): void => {
      setHeld(true);
    };
    const release = (): void => {
      setHeld(false);
    };
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key !== ' ' || isTaken(event.target, element)) return;
      event.preventDefault();
      if (!event.repeat) press();
    };
    const onKeyUp = (event: KeyboardEvent): void => {
      if (event.key === ' ') release();
    };
    element.addEventListener('pointerdown', press);
    window.addEventListener('pointerup', release);
    window.addEventListener('pointercancel', release);
    window.addEventListener('keydown', onKeyDown);
    window.addEventListener('keyup', onKeyUp);
    window.addEventListener('blur', release);
    return () => {
      element.removeEventListener('pointerdown', press);
      window.removeEventListener('pointerup', release);
      window.removeEventListener('pointercancel', release);
      window.removeEventListener('keydown', onKeyDown);
      window.removeEventListener('keyup', onKeyUp);
      window.removeEventListener('blur', release);
      release();
    };
  }, [button, enabled]);
  return held;
}

/** Whoever came to a control by the keyboard presses it by space; after a click, space is to talk. */
function isTaken(target: EventTarget | null, own: HTMLElement): boolean {
  if (document.querySelector('dialog[open]')) return true;
  if (!(target instanceof HTMLElement) || own.contains(target)) return false;
  if (target.matches('input, textarea, select')) return true;
  return target.matches('a[href], summary, button') && target.matches(':focus-visible');
}
