/** What a call has come to: the messages of the agent, folded into what the page shows. */

import type { Message, Notice, Tool, Transcript, Usage, Vision } from './message';

/** Lines kept; the oldest go first. A call of an hour has about 600. */
export const MAX_LINES = 2000;

export type Line = (Transcript | Tool | Notice) & {
  /** Unique in the call, whichever agent spoke. */
  readonly key: string;
};

export interface Talk {
  readonly lines: readonly Line[];
  /** The newest word about the agent's eyes. */
  readonly vision: Vision | undefined;
  /** As the agent last named its state. */
  readonly state: string | undefined;
  /** What the newest turn cost, and the call so far. */
  readonly usage: Usage | undefined;
}

export type Event =
  | { readonly kind: 'message'; readonly sender: string; readonly message: Message }
  | { readonly kind: 'agent left' };

export const NOTHING: Talk = { lines: [], vision: undefined, state: undefined, usage: undefined };

/** Fold one event into the talk. A later message with the same id takes the place of the earlier. */
export function reduce(talk: Talk, event: Event): Talk {
  switch (event.kind) {
    case 'agent left':
      return { ...talk, vision: undefined, state: undefined };
    case 'message':
      return take(talk, event.sender, event.message);
  }
}

function take(talk: Talk, sender: string, message: Message): Talk {
  switch (message.type) {
    case 'state':
      return { ...talk, state: message.state };
    case 'vision':
      return { ...talk, vision: message };
    case 'usage':
      return { ...talk, usage: message };
    default:
      // The next agent counts its ids from the beginning again.
      return place(talk, { ...message, key: `${sender}/${message.id}` });
  }
}

function place(talk: Talk, line: Line): Talk {
  const index = talk.lines.findLastIndex((one) => one.key === line.key);
  const old = talk.lines[index];
  if (old === undefined) return append(talk, line);
  if (old.seq > line.seq) return talk;
  // Where and when it began stays.
  return { ...talk, lines: talk.lines.with(index, { ...line, at: old.at }) };
}

function append(talk: Talk, line: Line): Talk {
  return { ...talk, lines: [...talk.lines, line].slice(-MAX_LINES) };
}

/** Return the line that belongs under the picture now: what is being said, or was said last. */
export function spoken(talk: Talk): (Transcript & { readonly key: string }) | undefined {
  for (const line of talk.lines.toReversed()) {
    if (line.type === 'transcript' && line.text.trim()) return line;
  }
  return undefined;
}
