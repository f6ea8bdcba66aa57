import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { billInWords, billOf, charged, type Usages } from './bill';
import type { Usage } from './message';
import { parseMessage } from './message';

const SAMPLE = parseMessage(
  readFileSync(`${import.meta.dirname}/../../../tests/contract/usage.json`),
) as Usage;

function usage(more: Partial<Usage>): Usage {
  return { ...SAMPLE, ...more };
}

describe('the bill', () => {
  it('is none before the first turn', () => {
    expect(billOf({})).toBeUndefined();
  });

  it('keeps what an agent before has cost', () => {
    const first = charged({}, 'a', usage({ seq: 9, turn: 12, call_usd: 1.2, at: 5 }));
    const both = charged(
      first,
      'b',
      usage({ seq: 2, turn: 1, call_usd: 0.01, at: 9, latency: 0.7 }),
    );
    expect(billOf(both)).toEqual({ turns: 13, usd: 1.21, latency: 0.7 });
  });

  it('takes the newest word, and a turn that is told again makes no turn less', () => {
    const one: Usages = charged({}, 'a', usage({ seq: 4, turn: 3, call_usd: 0.3 }));
    expect(charged(one, 'a', usage({ seq: 4 }))).toBe(one);
    const again = charged(one, 'a', usage({ seq: 5, turn: 2, call_usd: 0.25 }));
    expect(billOf(again)).toMatchObject({ turns: 3, usd: 0.25 });
  });

  it.each([
    [1, '1 turn, about $0.012 at list prices'],
    [2, '2 turns, about $0.012 at list prices'],
  ])('in words: %d', (turns, words) => {
    expect(billInWords({ turns, usd: 0.012, latency: 0 })).toBe(words);
  });
});
