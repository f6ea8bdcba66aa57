import { useEffect, useRef } from 'react';
import { useHold } from '../../hooks/useHold';
import { Icon } from './Icon';

interface TalkButtonProps {
  readonly onTalk: (begins: boolean) => void;
}

/** Held down, or the space bar instead: what is said meanwhile is for the agent. */
export function TalkButton({ onTalk }: TalkButtonProps) {
  const button = useRef<HTMLButtonElement>(null);
  const held = useHold(button, true);
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
      {held ? 'Let go when you have said it' : 'Hold to talk'}
    </button>
  );
}
