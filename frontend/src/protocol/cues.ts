/** The transcript as captions with times: two rows each, the time of a line shared out by length. */

import { type Line, PACE } from './line';
import { rowsOf } from './rows';
import { speakerOf } from './speaker';
import type { People } from './talk';

export interface Cue {
  readonly who: 'user' | 'agent';
  /** By name. */
  readonly speaker: string;
  /** Seconds from the beginning of the call. */
  readonly start: number;
  readonly end: number;
  readonly rows: readonly string[];
}

/** Seconds that any caption stays. */
const LEAST = 1;

/** Return the captions of a call that began at `began`, Unix seconds. */
export function cuesOf(lines: readonly Line[], began: number, people: People): readonly Cue[] {
  return lines.flatMap((line) => {
    if (line.type !== 'transcript' || line.text.trim() === '') return [];
    const start = Math.max(0, line.at - began);
    // One who types, and a line that came at once, has no length of its own.
    const shown = Math.max(line.until - line.at, line.text.length * PACE, LEAST);
    const from = { who: line.who, speaker: speakerOf(line, people) };
    return shares(rowsOf(line.text), start, shown).map((cue) => ({ ...cue, ...from }));
  });
}

function shares(
  rows: readonly string[],
  start: number,
  seconds: number,
): Omit<Cue, 'who' | 'speaker'>[] {
  const pairs = Array.from({ length: Math.ceil(rows.length / 2) }, (_, index) =>
    rows.slice(2 * index, 2 * index + 2),
  );
  const lengths = pairs.map((pair) => pair.join(' ').length);
  const whole = lengths.reduce((sum, length) => sum + length, 0);
  let passed = 0;
  return pairs.map((pair, index) => {
    const from = start + (passed / whole) * seconds;
    passed += lengths[index] ?? 0;
    return { start: from, end: start + (passed / whole) * seconds, rows: pair };
  });
}
