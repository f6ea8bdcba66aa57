import { describe, expect, it } from 'vitest';
import { type Count, counted, hasGap, recounted, UNHEARD } from './gaps';

function after(count: Count, ...seqs: number[]): Count {
  return seqs.reduce(counted, count);
}

describe('gaps', () => {
  it('are none where every message comes', () => {
    expect(after(UNHEARD, 1, 2, 3)).toMatchObject({ whole: 3 });
    expect(hasGap(after(UNHEARD, 1, 2, 3))).toBe(false);
  });

  it('are noticed, and filled by the history, also by one that is older than the newest', () => {
    const late = after(UNHEARD, 1, 2, 5, 6);
    expect([late.whole, hasGap(late)]).toEqual([2, true]);
    const filled = recounted(late, 4);
    expect([filled.whole, hasGap(filled)]).toEqual([6, false]);
  });

  it('behind what the history knew stay', () => {
    const filled = recounted(after(UNHEARD, 1, 5, 9), 6);
    expect([filled.whole, hasGap(filled)]).toEqual([6, true]);
  });

  it('what comes twice or late changes nothing', () => {
    const count = after(UNHEARD, 1, 2, 5);
    expect(after(count, 5, 1)).toBe(count);
    expect(recounted(count, 1)).toBe(count);
  });
});
