import { describe, expect, it } from 'vitest';
import { after, BLIND, MARK, says } from '../../tests/talking';
import {
  answered,
  atWork,
  MAX_LINES,
  MAX_MARKS,
  newestNotice,
  NOTHING,
  reduce,
  spoken,
  type Talk,
} from './talk';

const LEFT = { kind: 'agent left', sender: 'agent-x' } as const;

describe('lines', () => {
  it('a later message takes the place of the one with its id, and keeps its time', () => {
    const talk = after(NOTHING, says('I see'), says('I see a mug', { seq: 2, at: 101 }));
    expect(talk.lines).toMatchObject([{ text: 'I see a mug', at: 100 }]);
  });

  it('an earlier message that comes late changes nothing', () => {
    const talk = after(NOTHING, says('I see a mug', { seq: 2 }));
    expect(after(talk, says('I see'))).toBe(talk);
  });

  it('tell of news by another key for each notice', () => {
    const notice = { seq: 2, at: 101, type: 'notice', level: 'info', text: 'on' } as const;
    const talk = after(NOTHING, { ...notice, id: 'notice-1' }, says('well'));
    const next = after(talk, { ...notice, id: 'notice-2' });
    expect([NOTHING, talk, next].map(newestNotice)).toEqual([
      ...[undefined, 'agent-x/notice-1', 'agent-x/notice-2'],
    ]);
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

  it('have the code that ran, and what they are based on, where it came', () => {
    const head = { seq: 2, at: 101 } as const;
    const code = { ...head, id: 'code-1', type: 'code', language: 'PYTHON' } as const;
    const sources = { ...head, id: 's', type: 'sources', line: 'agent-1' } as const;
    const talk = after(
      NOTHING,
      { ...code, code: '6 * 7', status: 'running', output: '' },
      says('It is'),
      { ...sources, queries: [], links: [] },
      { ...code, seq: 5, code: '6 * 7', status: 'done', output: '42' },
    );
    expect(talk.lines.map((line) => line.type)).toEqual(['code', 'transcript', 'sources']);
    expect(talk.lines[0]).toMatchObject({ status: 'done', output: '42' });
  });

  it('know when they began and when the newest word about them came', () => {
    const talk = after(NOTHING, says('I'), says('I see', { seq: 2, at: 104 }));
    expect(talk.lines).toMatchObject([{ at: 100, until: 104 }]);
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

describe('marks', () => {
  it('are kept for a while, the newest last', () => {
    let talk = NOTHING;
    for (let seq = 0; seq <= MAX_MARKS; seq += 1) talk = after(talk, { ...MARK, seq });
    expect(talk.marks.map((mark) => mark.seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('go with the agent that made them', () => {
    expect(reduce(after(NOTHING, MARK), LEFT).marks).toEqual([]);
  });
});

describe('tools', () => {
  it('are at work until they are done', () => {
    const tool = { id: 'c', seq: 5, at: 103, type: 'tool', name: 'look', summary: '' } as const;
    const talk = after(NOTHING, { ...tool, status: 'running' }, says('hm'));
    expect(atWork(talk)?.name).toBe('look');
    expect(atWork(after(talk, { ...tool, seq: 6, status: 'failed' }))).toBeUndefined();
  });

  it('are called off with the agent that used them, and its words are all there are', () => {
    const tool = { id: 'c', seq: 5, at: 103, type: 'tool', name: 'look', summary: '' } as const;
    const talk = after(NOTHING, { ...tool, status: 'running' }, says('I s', { seq: 6 }));
    const left = reduce(talk, LEFT);
    expect(left.lines).toMatchObject([{ status: 'cancelled' }, { final: true }]);
    expect(reduce(talk, { ...LEFT, sender: 'agent-y' }).lines).toEqual(talk.lines);
    // It was this page that had been away.
    const messages = [{ ...tool, status: 'running' } as const];
    const back = reduce(left, { kind: 'history', sender: 'agent-x', messages, seq: 6 });
    expect(atWork(back)?.name).toBe('look');
  });
});

describe('captions', () => {
  it('show what was said last, by whomever, and no empty line', () => {
    const talk = after(NOTHING, says('a mug'), says(' ', { id: 'agent-2' }));
    expect(spoken(talk)?.text).toBe('a mug');
    expect(spoken(NOTHING)).toBeUndefined();
  });

  it('go back to who speaks on after a word in between', () => {
    const talk = after(NOTHING, says('First'), says('mhm', { id: 'u', who: 'user', at: 101 }));
    expect(spoken(talk)?.text).toBe('mhm');
    expect(spoken(after(talk, says('First take', { seq: 3, at: 102 })))?.text).toBe('First take');
  });

  it('show nothing of what was said before this page was there', () => {
    const past = says('long ago', { final: true });
    const talk = reduce(NOTHING, { kind: 'history', sender: 'agent-x', messages: [past], seq: 1 });
    expect([talk.lines.length, spoken(talk), answered(talk)]).toEqual([1, undefined, undefined]);
    const now = after(talk, says('long ago, and now', { seq: 2, final: true }));
    expect([spoken(now)?.text, answered(now)?.text]).toEqual(Array(2).fill('long ago, and now'));
  });
});

describe('eyes and state', () => {
  it('an agent that leaves takes its eyes and state with it', () => {
    const state = { id: 'state', seq: 1, at: 1, type: 'state', state: 'listening' } as const;
    const talk = after(NOTHING, says('hi'), state);
    expect(talk.state?.state).toBe('listening');
    const left = reduce(talk, LEFT);
    expect(left).toMatchObject({ state: undefined, vision: undefined });
    expect(left.lines).toHaveLength(1);
  });

  it('an agent that leaves takes nothing from the one that has come in its place', () => {
    const state = { id: 'state', seq: 1, at: 1, type: 'state', state: 'listening' } as const;
    const one = after(NOTHING, BLIND);
    const next = reduce(one, { kind: 'message', sender: 'agent-y', message: state });
    expect(reduce(next, LEFT)).toMatchObject({ state, vision: undefined });
  });
});

describe('people', () => {
  it('keep their names when they have left, and the visitor is one of them', () => {
    const met = (talk: Talk, identity: string, name: string, me: boolean): Talk =>
      reduce(talk, { kind: 'met', identity, name, me });
    const talk = met(met(NOTHING, 'ann', 'Ann', true), 'ben', 'Ben', false);
    expect(talk.people).toEqual({ me: 'ann', names: { ann: 'Ann', ben: 'Ben' } });
    expect(met(talk, 'ann', 'Ann', true)).toBe(talk);
  });
});
