import { describe, expect, it } from 'vitest';
import type { Message, Transcript } from './message';
import { MAX_LINES, NOTHING, reduce, spoken, type Talk } from './talk';

function says(text: string, more: Partial<Transcript> = {}): Transcript {
  const head = { id: 'agent-1', seq: 1, at: 100, type: 'transcript', who: 'agent' } as const;
  return { ...head, identity: 'agent-x', text, final: false, interrupted: false, ...more };
}

function after(talk: Talk, ...messages: Message[]): Talk {
  return messages.reduce(
    (sum, message) => reduce(sum, { kind: 'message', sender: 'agent-x', message }),
    talk,
  );
}

describe('lines', () => {
  it('a later message takes the place of the one with its id, and keeps its time', () => {
    const talk = after(NOTHING, says('I see'), says('I see a mug', { seq: 2, at: 101 }));
    expect(talk.lines).toMatchObject([{ text: 'I see a mug', at: 100 }]);
  });

  it('an earlier message that comes late changes nothing', () => {
    const talk = after(NOTHING, says('I see a mug', { seq: 2 }));
    expect(after(talk, says('I see'))).toBe(talk);
  });

  it('the next agent does not write over what the last one said', () => {
    const talk = after(NOTHING, says('one'));
    const next = reduce(talk, { kind: 'message', sender: 'agent-y', message: says('two') });
    expect(next.lines).toMatchObject([{ text: 'one' }, { text: 'two' }]);
  });

  it('what tools did stands where it happened', () => {
    const said = after(NOTHING, says('hi'));
    const tool = { id: 'c', seq: 5, at: 103, type: 'tool', name: 'look', summary: '' } as const;
    const talk = after(said, { ...tool, status: 'running' }, says('a mug', { id: 'agent-2' }));
    const done = after(talk, { ...tool, seq: 9, status: 'done', summary: 'ok' });
    expect(done.lines.map((line) => line.type)).toEqual(['transcript', 'tool', 'transcript']);
    expect(done.lines[1]).toMatchObject({ status: 'done', summary: 'ok' });
  });

  it('are bounded', () => {
    let talk = NOTHING;
    for (let count = 0; count <= MAX_LINES; count += 1) {
      talk = after(talk, says(String(count), { id: String(count) }));
    }
    expect(talk.lines).toHaveLength(MAX_LINES);
    expect(talk.lines[0]).toMatchObject({ text: '1' });
  });
});

describe('captions', () => {
  it('show what was said last, by whomever, and no empty line', () => {
    const talk = after(NOTHING, says('a mug'), says(' ', { id: 'agent-2' }));
    expect(spoken(talk)?.text).toBe('a mug');
    expect(spoken(NOTHING)).toBeUndefined();
  });
});

describe('eyes and state', () => {
  it('an agent that leaves takes its eyes and state with it', () => {
    const state = { id: 'state', seq: 1, at: 1, type: 'state', state: 'listening' } as const;
    const talk = after(NOTHING, says('hi'), state);
    expect(talk.state).toBe('listening');
    const left = reduce(talk, { kind: 'agent left' });
    expect(left).toMatchObject({ state: undefined, vision: undefined });
    expect(left.lines).toHaveLength(1);
  });
});
