/** Which messages of an agent have come, by their `seq`: a gap says what to ask the history for. */

export interface Count {
  /** Nothing up to this one is missing. */
  readonly whole: number;
  /** The newest messages that came without a gap between them: the first and the last. */
  readonly from: number;
  readonly to: number;
}

export const UNHEARD: Count = { whole: 0, from: 0, to: 0 };

/** Count a message that came. */
export function counted(count: Count, seq: number): Count {
  if (seq <= count.to) return count;
  const from = seq === count.to + 1 ? count.from : seq;
  return joined({ ...count, from, to: seq });
}

/** Count what the history has told: all there was up to this `seq`. */
export function recounted(count: Count, seq: number): Count {
  return seq <= count.whole ? count : joined({ ...count, whole: seq });
}

/** Tell whether something is missing before the newest message. */
export function hasGap({ whole, from }: Count): boolean {
  return from > whole + 1;
}

function joined(count: Count): Count {
  return hasGap(count) ? count : { ...count, whole: Math.max(count.whole, count.to) };
}
