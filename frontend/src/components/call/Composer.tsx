import { type Ref, type SubmitEvent, useState } from 'react';
import { MAX_TYPED } from '../../protocol/message';
import { Icon } from './Icon';

interface ComposerProps {
  readonly ref: Ref<HTMLInputElement>;
  /** Why nothing that is typed would be read now; empty: it would be. */
  readonly unread: string;
  /** Rejects where the text did not go. */
  readonly onSend: (text: string) => Promise<unknown>;
}

/** Type to the agent; it answers aloud. What could not be sent stays. */
export function Composer({ ref, unread, onSend }: ComposerProps) {
  const [text, setText] = useState('');
  const [sending, setSending] = useState('');
  const idle = text.trim() === '' || text === sending || unread !== '';
  const send = async (): Promise<void> => {
    if (idle) return;
    setSending(text);
    try {
      await onSend(text.trim());
      // What was typed meanwhile is the next line.
      setText((now) => (now === text ? '' : now));
    } catch {
      // Whoever sends says what went wrong.
    }
    setSending((now) => (now === text ? '' : now));
  };
  return (
    <form
      className="composer"
      onSubmit={(event: SubmitEvent) => {
        event.preventDefault();
        void send();
      }}
    >
      <input
        ref={ref}
        value={text}
        maxLength={MAX_TYPED}
        placeholder={unread || 'Type instead of speaking'}
        aria-label="Type to the agent"
        aria-keyshortcuts="/"
        onChange={(event) => {
          setText(event.target.value);
        }}
      />
      <button className="round" aria-label="Send" title={unread || 'Send'} disabled={idle}>
        <Icon name="send" />
      </button>
    </form>
  );
}
