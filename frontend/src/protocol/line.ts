/** The lines of a talk: what was said, done and told, each once and as it is now. */

import type { Code, Message, Notice, Sources, Tool, Transcript } from './message';

/** Lines kept; the oldest go first. A call of an hour has about 600. */
export const MAX_LINES = 2000;

/** Seconds that a sign takes where nothing says when it was spoken: 15 signs a second. */
export const PACE = 1 / 15;

export type Told = Transcript | Tool | Code | Sources | Notice;

export type Line = Told & {
  /** Unique in the call, whichever agent spoke. */
  readonly key: string;
  /** Unix seconds of the newest word about it; `at` is that of the first. */
  readonly until: number;
  /** Whether all that is known of it comes from the history. */
  readonly recalled: boolean;
};

/** Tell whether a message makes a line. */
export function isTold(message: Message): message is Told {
  return ['transcript', 'tool', 'code', 'sources', 'notice'].includes(message.type);
}

/** Return the key of a thing: the next agent counts its ids from the beginning again. */
export function keyOf(sender: string, { id }: Told): string {
  return `${sender}/${id}`;
}

/** Put what the agent tells into the lines: in the place of what it told before, or at the end. */
export function heard(lines: readonly Line[], sender: string, told: Told): readonly Line[] {
  const key = keyOf(sender, told);
  const known = lines.findLastIndex((one) => one.key === key);
  if (known >= 0) return renewed(lines, known, told, false);
  const line = { ...told, key, until: told.at, recalled: false };
  return [...lines, line].slice(-MAX_LINES);
}

/** Put what the history tells into the lines, which is in the order in which things began. */
export function recalled(
  lines: readonly Line[],
  sender: string,
  history: readonly Told[],
): readonly Line[] {
  const keys = history.map((told) => keyOf(sender, told));
  const told = new Set(keys);
  const begins = beginnings(history);
  let now = lines;
  let place = -1;
  history.forEach((message, index) => {
    const key = keys[index] ?? '';
    const known = now.findLastIndex((one) => one.key === key);
    if (known >= 0) {
      now = renewed(now, known, message, true);
      place = known;
      return;
    }
    place = place < 0 ? placeOfFirst(now, keys.slice(index), message.at) : place + 1;
    // What the history leaves out has not changed since, but may have begun before this.
    for (let other = now[place]; other && !told.has(other.key); other = now[place]) {
      if (other.at > message.at) break;
      place += 1;
    }
    const line = { ...message, key, until: message.at, at: begins[index] ?? 0, recalled: true };
    now = now.toSpliced(place, 0, line);
  });
  return now.length > MAX_LINES ? now.slice(-MAX_LINES) : now;
}

/** Close what an agent has left open: nobody will end it any more. */
export function closed(lines: readonly Line[], sender: string): readonly Line[] {
  return lines.map((line) => {
    if (!line.key.startsWith(`${sender}/`) || !isOpen(line)) return line;
    return line.type === 'transcript'
      ? { ...line, final: true }
      : { ...line, status: 'cancelled' as const };
  });
}

/** Before what the history and the page both know; else before what began later. */
function placeOfFirst(lines: readonly Line[], keys: readonly string[], at: number): number {
  const known = new Set(keys);
  const both = lines.findIndex((line) => known.has(line.key));
  const later = both < 0 ? lines.findIndex((line) => line.at > at) : both;
  return later < 0 ? lines.length : later;
}

function renewed(
  lines: readonly Line[],
  known: number,
  told: Told,
  past: boolean,
): readonly Line[] {
  const old = lines[known];
  if (!old || old.seq > told.seq) return lines;
  // The same once more, unless it was closed when its agent seemed to have gone.
  if (old.seq === told.seq && isOpen(old) === isOpen(told)) return lines;
  const { key, at } = old;
  const recalled = past && old.recalled;
  // Where and when it began stays.
  const line = { ...told, key, at: Math.min(at, told.at), until: told.at, recalled };
  return lines.with(known, line);
}

function isOpen(told: Told): boolean {
  if (told.type === 'transcript') return !told.final;
  return (told.type === 'tool' || told.type === 'code') && told.status === 'running';
}

/** Estimate when things began, Unix seconds: the history says in which order, and when they ended. */
function beginnings(history: readonly Told[]): readonly number[] {
  const begins: number[] = [];
  let latest = Infinity;
  for (const told of history.toReversed()) {
    // Nothing began later than what came after it.
    latest = Math.min(latest, told.at);
    const spoken = told.type === 'transcript' ? told.text.length * PACE : 0;
    begins.unshift(Math.min(latest, told.at - spoken));
  }
  let earliest = -Infinity;
  return begins.map((begin) => (earliest = Math.max(earliest, begin)));
}
