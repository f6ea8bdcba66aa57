import { describe, expect, it } from 'vitest';
import { speakerOf } from './speaker';

const PEOPLE = { me: 'ann', names: { ann: 'Ann', ben: 'Ben', eve: ' ' } };
const NOBODY = { me: undefined, names: {} };

describe('a line is said by', () => {
  it.each([
    ['agent', 'ann', 'Agent'],
    ['user', 'ann', 'You'],
    ['user', '', 'You'],
    ['user', 'ben', 'Ben'],
    ['user', 'eve', 'Another visitor'],
    ['user', 'stranger', 'Another visitor'],
  ] as const)('%s %s: %s', (who, identity, words) => {
    expect(speakerOf({ who, identity }, PEOPLE)).toBe(words);
    if (who === 'user') expect(speakerOf({ who, identity }, NOBODY)).toBe('You');
  });
});
