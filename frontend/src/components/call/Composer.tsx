import { type Ref, type SubmitEvent, useState } from 'react';
import { MAX_TYPED } from '../../protocol/message';
import { Icon } from './Icon';

interface ComposerProps {
  readonly ref: Ref<HTMLInputElement>;
  readonly onSend: (text: string) => void;
}

/** Type to the agent; it answers aloud. */
export function Composer({ ref, onSend }: ComposerProps) {
  const [text, setText] = useState('');
  const send = (event: SubmitEvent): void => {
    event.preventDefault();
    if (text.trim() === '') return;
    onSend(text.trim());
    setText('');
  };
  return (
    <form className="composer" onSubmit={send}>
      <input
        ref={ref}
        value={text}
        maxLength={MAX_TYPED}
        placeholder="Type instead of speaking"
        aria-label="Type to the agent"
        aria-keyshortcuts="/"
        onChange={(event) => {
          setText(event.target.value);
        }}
      />
      <button className="round" aria-label="Send" disabled={text.trim() === ''}>
        <Icon name="send" />
      </button>
    </form>
  );
}
