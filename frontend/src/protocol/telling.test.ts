import { describe, expect, it } from 'vitest';
import { age, duration } from './telling';

describe('times', () => {
  it.each([
    [0, '0:00'],
    [59.9, '0:59'],
    [247, '4:07'],
    [3847, '1:04:07'],
    [-3, '0:00'],
  ])('%d seconds of a call: %s', (seconds, words) => {
    expect(duration(seconds)).toBe(words);
  });

  it.each([
    [0.4, 'now'],
    [-5, 'now'],
    [3.2, '3 s ago'],
    [125, '2 min ago'],
  ])('something %d seconds old: %s', (seconds, words) => {
    expect(age(seconds)).toBe(words);
  });
});
