import { useEffect, useRef } from 'react';
import { type Hold, useHold } from '../../hooks/useHold';
import { Icon } from './Icon';

interface TalkButtonProps {
  readonly onTalk: (begins: boolean) => void;
}

/** Held down, or the space bar instead: what is said meanwhile is for the agent. */
export function TalkButton({ onTalk }: TalkButtonProps) {
  const button = useRef<HTMLButtonElement>(null);
  const hold = useHold(button);
  const held = hold !== 'free';
  useEffect(() => {
    if (!held) return undefined;
    onTalk(true);
    return () => {
      onTalk(false);
    };
  }, [held, onTalk]);
  return (
    <button ref={button} className="talk" aria-pressed={held} aria-keyshortcuts="Space">
      <Icon name="microphone" />
      {WORDS[hold]}
    </button>
  );
}

const WORDS: Readonly<Record<Hold, string>> = {
  free: 'Hold to talk',
  held: 'Let go when you have said it',
  kept: 'Press again when you have said it',
};
