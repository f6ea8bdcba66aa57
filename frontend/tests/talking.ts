/** What an agent tells, for the tests of the talk. */

import type { Mark, Message, Transcript, Vision } from '../src/protocol/message';
import { reduce, type Talk } from '../src/protocol/talk';

export const MARK: Mark = {
  ...{ id: 'mark-1', seq: 3, at: 101, type: 'vision.mark', label: 'mug', identity: 'ann' },
  ...{ sid: 'TR_1', source: 'camera', left: 0.1, top: 0.2, right: 0.3, bottom: 0.4 },
};

export const BLIND: Vision = {
  ...{ id: 'eyes', seq: 3, at: 101, type: 'vision', status: 'blind', reason: 'paused' },
  ...{ source: '', width: 0, height: 0, bytes: 0 },
};

export function says(text: string, more: Partial<Transcript> = {}): Transcript {
  const head = { id: 'agent-1', seq: 1, at: 100, type: 'transcript', who: 'agent' } as const;
  return { ...head, identity: 'agent-x', text, final: false, interrupted: false, ...more };
}

/** Fold what one agent tells into a talk. */
export function after(talk: Talk, ...messages: Message[]): Talk {
  return messages.reduce(
    (sum, message) => reduce(sum, { kind: 'message', sender: 'agent-x', message }),
    talk,
  );
}
