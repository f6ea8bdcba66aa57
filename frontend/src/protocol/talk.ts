/** What a call has come to: the messages of the agent, folded into what the page shows. */

import type { Mark, Message, Usage, Vision } from './message';
import type { Code, Notice, Sources, Tool, Transcript } from './message';

/** Lines kept; the oldest go first. A call of an hour has about 600. */
export const MAX_LINES = 2000;
/** Marks kept; a page shows one for some seconds. */
export const MAX_MARKS = 8;

type Told = Transcript | Tool | Code | Sources | Notice;

export type Line = Told & {
  /** Unique in the call, whichever agent spoke. */
  readonly key: string;
  /** Unix seconds of the newest word about it; `at` is that of the first. */
  readonly until: number;
};

export interface Talk {
  readonly lines: readonly Line[];
  /** Where the agent points, the newest last. */
  readonly marks: readonly Mark[];
  /** The newest word about the agent's eyes. */
  readonly vision: Vision | undefined;
  /** As the agent last named its state. */
  readonly state: string | undefined;
  /** What the newest turn cost, and the call so far. */
  readonly usage: Usage | undefined;
}

export type Event =
  | { readonly kind: 'message'; readonly sender: string; readonly message: Message }
  /** What was said before this page was there, in order. */
  | { readonly kind: 'history'; readonly sender: string; readonly messages: readonly Message[] }
  | { readonly kind: 'agent left' };

export const NOTHING: Talk = {
  lines: [],
  marks: [],
  vision: undefined,
  state: undefined,
  usage: undefined,
};

/** Fold one event into the talk. A later message with the same id takes the place of the earlier. */
export function reduce(talk: Talk, event: Event): Talk {
  switch (event.kind) {
    case 'agent left':
      return { ...talk, marks: [], vision: undefined, state: undefined };
    case 'message':
      return take(talk, event.sender, event.message);
    case 'history':
      return event.messages.reduce((sum, message) => recall(sum, event.sender, message), talk);
  }
}

function take(talk: Talk, sender: string, message: Message): Talk {
  switch (message.type) {
    case 'state':
      return { ...talk, state: message.state };
    case 'vision':
      return { ...talk, vision: message };
    case 'vision.mark':
      return { ...talk, marks: [...talk.marks, message].slice(-MAX_MARKS) };
    case 'usage':
      return { ...talk, usage: message };
    default:
      return place(talk, lineOf(sender, message), talk.lines.length);
  }
}

/** What is past makes lines and a bill, but no marks, eyes or state: those are of the moment. */
function recall(talk: Talk, sender: string, message: Message): Talk {
  switch (message.type) {
    case 'state':
    case 'vision':
    case 'vision.mark':
      return talk;
    case 'usage':
      return (talk.usage?.seq ?? 0) > message.seq ? talk : { ...talk, usage: message };
    default: {
      const later = talk.lines.findIndex((line) => line.at > message.at);
      return place(talk, lineOf(sender, message), later < 0 ? talk.lines.length : later);
    }
  }
}

function lineOf(sender: string, message: Told): Line {
  // The next agent counts its ids from the beginning again.
  return { ...message, key: `${sender}/${message.id}`, until: message.at };
}

function place(talk: Talk, line: Line, index: number): Talk {
  const known = talk.lines.findLastIndex((one) => one.key === line.key);
  const old = talk.lines[known];
  if (old === undefined) {
    return { ...talk, lines: talk.lines.toSpliced(index, 0, line).slice(-MAX_LINES) };
  }
  if (old.seq > line.seq) return talk;
  // Where and when it began stays.
  return { ...talk, lines: talk.lines.with(known, { ...line, at: Math.min(old.at, line.at) }) };
}

/** Return the line that belongs under the picture now: what is being said, or was said last. */
export function spoken(talk: Talk): (Transcript & Line) | undefined {
  return talk.lines.findLast(
    (line): line is Transcript & Line => line.type === 'transcript' && line.text.trim() !== '',
  );
}

/** Return the key of the newest notice; after one, the call may stand otherwise than before. */
export function newestNotice(talk: Talk): string | undefined {
  return talk.lines.findLast((line) => line.type === 'notice')?.key;
}

/** Return the tool that is at work now. */
export function atWork(talk: Talk): (Tool & Line) | undefined {
  return talk.lines.findLast(
    (line): line is Tool & Line => line.type === 'tool' && line.status === 'running',
  );
}
