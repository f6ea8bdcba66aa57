/** What a call has come to: the messages of the agent, folded into what the page shows. */

import { charged, type Usages } from './bill';
import { type Count, counted, recounted, UNHEARD } from './gaps';
import { closed, heard, isTold, type Line, recalled } from './line';
import type { AgentState, Mark, Message, Tool, Transcript, Vision } from './message';

export { type Line, MAX_LINES } from './line';
/** Marks kept; a page shows one for some seconds. */
export const MAX_MARKS = 8;

/** What is of the moment, and goes with the agent that told it. */
interface Moment {
  /** The agent's identity. */
  readonly of: string | undefined;
  /** Where it points, the newest last. */
  readonly marks: readonly Mark[];
  /** The newest word about its eyes. */
  readonly vision: Vision | undefined;
  /** The newest word about its state. */
  readonly state: AgentState | undefined;
}

export interface Talk extends Moment {
  readonly lines: readonly Line[];
  /** What each agent's newest turn has cost, and its call so far. */
  readonly usages: Usages;
  /** Which messages of each agent have come. */
  readonly counts: Readonly<Record<string, Count>>;
  /** Who was there: names by identity. Whoever has left is still who spoke. */
  readonly people: People;
}

export interface People {
  /** The visitor's own identity. */
  readonly me: string | undefined;
  readonly names: Readonly<Record<string, string>>;
}

export type Event =
  | { readonly kind: 'message'; readonly sender: string; readonly message: Message }
  /** A message that this page has no use for. */
  | { readonly kind: 'other'; readonly sender: string; readonly seq: number }
  /** What was said up to `seq`, in the order in which it began. */
  | {
      readonly kind: 'history';
      readonly sender: string;
      readonly messages: readonly Message[];
      readonly seq: number;
    }
  | { readonly kind: 'agent left'; readonly sender: string }
  | {
      readonly kind: 'met';
      readonly identity: string;
      readonly name: string;
      readonly me: boolean;
    };

const NO_MOMENT: Moment = { of: undefined, marks: [], vision: undefined, state: undefined };

export const NOTHING: Talk = {
  ...NO_MOMENT,
  lines: [],
  usages: {},
  counts: {},
  people: { me: undefined, names: {} },
};

/** Fold one event into the talk. A later message with the same id takes the place of the earlier. */
export function reduce(talk: Talk, event: Event): Talk {
  switch (event.kind) {
    case 'agent left':
      return leave(talk, event.sender);
    case 'message':
      return take(count(talk, event.sender, event.message.seq), event.sender, event.message);
    case 'other':
      return count(talk, event.sender, event.seq);
    case 'history':
      return recall(talk, event);
    case 'met':
      return meet(talk, event);
  }
}

function take(talk: Talk, sender: string, message: Message): Talk {
  switch (message.type) {
    case 'state':
      return { ...momentOf(talk, sender), state: message };
    case 'vision':
      return { ...momentOf(talk, sender), vision: message };
    case 'vision.mark': {
      const next = momentOf(talk, sender);
      return { ...next, marks: [...next.marks, message].slice(-MAX_MARKS) };
    }
    case 'usage':
      return { ...talk, usages: charged(talk.usages, sender, message) };
    default:
      return withLines(talk, heard(talk.lines, sender, message));
  }
}

/** What is past makes lines and a bill, and says how the agent is now; but where it pointed is past. */
function recall(talk: Talk, { sender, messages, seq }: Event & { kind: 'history' }): Talk {
  const known = talk.counts[sender] ?? UNHEARD;
  const told = withLines(talk, recalled(talk.lines, sender, messages.filter(isTold)));
  const counts = { ...told.counts, [sender]: recounted(known, seq) };
  return messages.reduce(
    (sum, message) => {
      const strange = sum.of !== undefined && sum.of !== sender;
      switch (message.type) {
        case 'usage':
          return take(sum, sender, message);
        case 'state':
        case 'vision':
          return strange || (sum[message.type]?.seq ?? 0) >= message.seq
            ? sum
            : take(sum, sender, message);
        default:
          return sum;
      }
    },
    { ...told, counts },
  );
}

function leave(talk: Talk, sender: string): Talk {
  const { [sender]: _, ...counts } = talk.counts;
  const moment = talk.of === sender ? NO_MOMENT : {};
  // Whoever comes back under the same name is asked for everything again.
  return { ...talk, ...moment, counts, lines: closed(talk.lines, sender) };
}

function meet(talk: Talk, { identity, name, me }: Event & { kind: 'met' }): Talk {
  const { people } = talk;
  if (people.names[identity] === name && (!me || people.me === identity)) return talk;
  const names = { ...people.names, [identity]: name };
  return { ...talk, people: { me: me ? identity : people.me, names } };
}

function count(talk: Talk, sender: string, seq: number): Talk {
  const before = talk.counts[sender] ?? UNHEARD;
  const after = counted(before, seq);
  return after === before ? talk : { ...talk, counts: { ...talk.counts, [sender]: after } };
}

/** Another agent has its own eyes and its own state. */
function momentOf(talk: Talk, sender: string): Talk {
  return talk.of === sender ? talk : { ...talk, ...NO_MOMENT, of: sender };
}

function withLines(talk: Talk, lines: readonly Line[]): Talk {
  return lines === talk.lines ? talk : { ...talk, lines };
}

/** Return the line that belongs under the picture now: what is being said, or was said last. */
export function spoken(talk: Talk): (Transcript & Line) | undefined {
  return talk.lines
    .filter(isHeard)
    .filter((line) => line.text.trim() !== '')
    .reduce<(Transcript & Line) | undefined>(
      // A word in between stands behind what goes on.
      (newest, line) => (newest && newest.until > line.until ? newest : line),
      undefined,
    );
}

/** Return what the agent has said last, once it is complete. */
export function answered(talk: Talk): (Transcript & Line) | undefined {
  return talk.lines.findLast(
    (line): line is Transcript & Line => isHeard(line) && line.who === 'agent' && line.final,
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

/** What was said in this page's time, and is not only told by the history. */
function isHeard(line: Line): line is Transcript & Line {
  return line.type === 'transcript' && !line.recalled;
}
