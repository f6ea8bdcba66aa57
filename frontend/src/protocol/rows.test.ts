import { describe, expect, it } from 'vitest';
import { lastRows, ROW, rowsOf } from './rows';

describe('rows', () => {
  it.each([
    ['', []],
    ['   ', []],
    ['one row', ['one row']],
    ['one two three', ['one two', 'three']],
    ['one  two\nthree', ['one two', 'three']],
    ['abcdefghijklm no', ['abcdefghij', 'klm no']],
    ['这是一个很长的句子', ['这是一个很', '长的句子']],
  ])('of 10 columns: %j', (text, wanted) => {
    expect(rowsOf(text, 10)).toEqual(wanted);
  });

  it('are never wider than they may be', () => {
    const text = 'I see a red mug and a book with “C’est la vie” on it, beside a window. '.repeat(
      9,
    );
    expect(Math.max(...rowsOf(text).map((row) => row.length))).toBeLessThanOrEqual(ROW);
  });

  it('do not move while words are added: only the last one grows', () => {
    const words = 'the quick brown fox jumps over the lazy dog and is not seen again'.split(' ');
    for (let count = 1; count < words.length; count += 1) {
      const before = rowsOf(words.slice(0, count).join(' '), 20);
      const after = rowsOf(words.slice(0, count + 1).join(' '), 20);
      expect(after.slice(0, before.length - 1)).toEqual(before.slice(0, -1));
    }
  });
});

describe('captions', () => {
  it('show the two newest rows', () => {
    expect(lastRows('x '.repeat(50))).toHaveLength(2);
    expect(lastRows('A mug.')).toEqual(['A mug.']);
  });
});
