import { useEffect } from 'react';
import { readStored } from './useStored';

/** Where the visitor's wish to have no single keys is kept. */
export const KEYS = 'sightline.keys';

/**
 * Call what stands for a key, unless somebody types, holds a modifier, has a dialog open, or wants no
 * single keys: who speaks to their computer may not (WCAG 2.1.4).
 */
export function useShortcuts(keys: Readonly<Record<string, () => void>>): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const target = event.target;
      const typing = target instanceof HTMLElement && target.matches('input, textarea, select');
      if (typing || unwanted() || event.ctrlKey || event.metaKey || event.altKey || event.repeat)
        return;
      const act = keys[event.key.toLowerCase()];
      if (act === undefined) return;
      event.preventDefault();
      act();
    };
    window.addEventListener('keydown', onKey);
    return () => {
      window.removeEventListener('keydown', onKey);
    };
  }, [keys]);
}

function unwanted(): boolean {
  return document.querySelector('dialog[open]') !== null || readStored(KEYS) === 'off';
}
