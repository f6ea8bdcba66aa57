import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { changesBy, METHOD, parseHistory, parseStatus, refusedInWords } from './control';
import type { Fields } from './fields';

const FOLDER = `${import.meta.dirname}/../../../tests/contract`;

function sample(name: string): Fields {
  return JSON.parse(readFileSync(`${FOLDER}/rpc.${name}.json`, 'utf-8')) as Fields;
}

describe('what the page asks', () => {
  it.each(Object.values(METHOD))('%s is a method the contract has', (method) => {
    expect(sample(`${method.replace('sightline.', '')}.request`)).toBeDefined();
  });
});

describe('status', () => {
  it('is read from the contract', () => {
    expect(parseStatus(sample('status.response'))).toEqual({
      ...{ served: 'user-5f2c9a1b', persona: 'guide', voice: 'Aoede', looks: true },
      personas: ['guide', 'interpreter', 'reader', 'technician', 'tutor'],
      ...{ voices: ['Achernar', 'Aoede', 'Puck'], pushToTalk: false, seconds: 62.5 },
    });
  });

  it.each([
    'served',
    'persona',
    'personas',
    'voice',
    'voices',
    'vision',
    'push_to_talk',
    'seconds',
  ])('is none without %s', (field) => {
    const { [field]: _, ...rest } = sample('status.response');
    expect(parseStatus(rest)).toBeUndefined();
    expect(parseStatus({ ...rest, [field]: [1] })).toBeUndefined();
  });
});

describe('an answer', () => {
  it.each([
    [METHOD.persona, { persona: 'tutor', voice: 'Sulafat' }],
    [METHOD.voice, { voice: 'Puck' }],
    [METHOD.vision, { looks: true }],
    [METHOD.pushToTalk, { pushToTalk: true }],
    [METHOD.interrupt, {}],
  ])('to %s says how the call stands now', (method, changes) => {
    const answer = sample(`${method.replace('sightline.', '')}.response`);
    expect(changesBy(method, answer)).toEqual(changes);
    expect(changesBy(method, {})).toEqual({});
  });
});

describe('history', () => {
  it('is read from the contract', () => {
    const page = parseHistory(sample('history.response'));
    expect(page?.next).toBe(2);
    expect(page?.messages.map((message) => message.type)).toEqual(['transcript', 'tool']);
  });

  it('passes over what is no message, and is none without its fields', () => {
    const page = { messages: [1, null, { v: 1 }], next: 0, seq: 4 };
    expect(parseHistory(page)).toEqual({ messages: [], next: 0, seq: 4 });
    expect(parseHistory({ ...page, messages: {} })).toBeUndefined();
    expect(parseHistory({ messages: [], next: 0 })).toBeUndefined();
  });
});

describe('a refusal', () => {
  it('has the words of the agent', () => {
    const { code, message } = sample('error') as { code: number; message: string };
    expect(refusedInWords(code, message)).toMatch(/^No such persona; there are .*tutor\.$/);
  });

  it.each([
    [1400, 'This agent cannot do that.'],
    [1502, 'The agent did not answer. Try again in a moment.'],
    [undefined, 'The agent did not answer. Try again in a moment.'],
  ])('of LiveKit (%s) has words of ours', (code, words) => {
    expect(refusedInWords(code, 'Error: rpc')).toBe(words);
  });
});
