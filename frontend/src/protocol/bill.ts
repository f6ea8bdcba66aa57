/** What a call has cost, whichever agents served it. */

import type { Usage } from './message';

/** The newest word of each agent, by its identity. */
export type Usages = Readonly<Record<string, Usage>>;

export interface Bill {
  readonly turns: number;
  /** US dollars, by list prices. */
  readonly usd: number;
  /** Seconds from the end of what somebody said to the answer; 0: nobody's voice was answered. */
  readonly latency: number;
}

/** Return the sum of what all agents have told; undefined while none has. */
export function billOf(usages: Usages): Bill | undefined {
  const all = Object.values(usages);
  if (all.length === 0) return undefined;
  return {
    turns: all.reduce((sum, usage) => sum + usage.turn, 0),
    usd: all.reduce((sum, usage) => sum + usage.call_usd, 0),
    latency: all.reduce((newest, usage) => (usage.at > newest.at ? usage : newest)).latency,
  };
}

/** Say what it came to. */
export function billInWords({ turns, usd }: Bill): string {
  return `${turns} ${turns === 1 ? 'turn' : 'turns'}, about $${usd.toFixed(3)} at list prices`;
}

/** Put in the newest word of an agent. Figures of an earlier turn, told again, make no turn less. */
export function charged(usages: Usages, sender: string, usage: Usage): Usages {
  const old = usages[sender];
  if (old && old.seq >= usage.seq) return usages;
  return { ...usages, [sender]: { ...usage, turn: Math.max(usage.turn, old?.turn ?? 0) } };
}
