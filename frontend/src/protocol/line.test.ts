import { describe, expect, it } from 'vitest';
import { after, BLIND, MARK, says } from '../../tests/talking';
import type { Message } from './message';
import { NOTHING, reduce, type Talk } from './talk';

describe('history', () => {
  function recalled(talk: Talk, ...messages: Message[]): Talk {
    const seq = Math.max(...messages.map((message) => message.seq));
    return reduce(talk, { kind: 'history', sender: 'agent-x', messages, seq });
  }
  const early = says('one', { id: 'agent-0', at: 50, final: true });
  const tool = {
    id: 'c',
    at: 15,
    type: 'tool',
    name: 'look',
    status: 'done',
    summary: '',
  } as const;
  const sources = { id: 's', at: 12, type: 'sources', line: 'l', queries: [], links: [] } as const;
  const types = ({ lines }: Talk): string[] => lines.map((line) => line.type);

  it('comes before what this page has heard itself', () => {
    const talk = recalled(after(NOTHING, says('two', { seq: 9 })), early);
    expect(talk.lines).toMatchObject([{ text: 'one' }, { text: 'two' }]);
  });

  it('that comes twice, or is older than what was heard since, changes nothing', () => {
    const heard = after(recalled(NOTHING, early), says('one more', { id: 'agent-0', seq: 8 }));
    expect(recalled(heard, early, early).lines).toBe(heard.lines);
    const same = says('one more', { id: 'agent-0', seq: 8 });
    expect(recalled(heard, same).lines).toBe(heard.lines);
  });

  it('keeps the order in which things began, whenever they ended', () => {
    const line = says('a long line', { id: 'l', seq: 9, at: 30, final: true });
    const talk = recalled(NOTHING, line, { ...sources, seq: 3 }, { ...tool, seq: 5 });
    expect(types(talk)).toEqual(['transcript', 'sources', 'tool']);
  });

  it('gives a line the time in which it can have been said', () => {
    const line = says('x'.repeat(150), { id: 'l', seq: 9, at: 30, final: true });
    const begun = (...messages: Message[]) => recalled(NOTHING, ...messages).lines;
    expect(begun(line)).toMatchObject([{ at: 20, until: 30 }]);
    expect(begun(line, { ...tool, seq: 5 })).toMatchObject([{ at: 15 }, { at: 15 }]);
    expect(begun({ ...tool, at: 25, seq: 5 }, line)).toMatchObject([{ at: 25 }, { at: 25 }]);
  });

  it('fills a gap where something is missing', () => {
    const live = after(
      NOTHING,
      says('one', { id: '1', seq: 1, at: 10 }),
      says('two', { id: '2', seq: 2, at: 20 }),
      says('four', { id: '4', seq: 4, at: 40 }),
      says('one, again', { id: '1', seq: 5, at: 50 }),
    );
    const news = [
      says('one, again', { id: '1', seq: 5, at: 50 }),
      says('three', { id: '3', seq: 3, at: 30 }),
    ];
    const filled = recalled(live, ...news, says('four', { id: '4', seq: 4, at: 40 }));
    const texts = filled.lines.map((line) => (line.type === 'transcript' ? line.text : ''));
    expect(texts).toEqual(['one, again', 'two', 'three', 'four']);
  });

  it('says how the agent sees and is, where nothing newer was heard, and makes no marks', () => {
    const state = { id: 'state', seq: 4, at: 1, type: 'state', state: 'speaking' } as const;
    const talk = recalled(NOTHING, state, BLIND, MARK);
    expect(talk).toMatchObject({ state, vision: BLIND, marks: [] });
    const sees = { ...BLIND, seq: 9, status: 'sent' } as const;
    expect(recalled(after(NOTHING, sees), state, BLIND).vision).toBe(sees);
  });

  it('closes the gap that it was asked for', () => {
    const live = after(NOTHING, says('one'), says('two', { id: '2', seq: 5 }));
    expect(live.counts['agent-x']).toMatchObject({ whole: 1 });
    expect(recalled(live, says('four', { id: '3', seq: 4 })).counts['agent-x']).toMatchObject({
      whole: 5,
    });
  });
});
