import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseMessage } from './message';

const FOLDER = `${import.meta.dirname}/../../../tests/contract`;
const SAMPLES = readdirSync(FOLDER).filter((name) => /^(?!rpc\.).*\.json$/.test(name));

function sample(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(`${FOLDER}/${name}`, 'utf-8')) as Record<string, unknown>;
}

function packet(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

describe('samples of the contract', () => {
  it('are there', () => {
    expect(SAMPLES.length).toBeGreaterThan(14);
  });

  it.each(SAMPLES)('%s is read whole', (name) => {
    const { v, ...rest } = sample(name);
    expect(v).toBe(1);
    expect(parseMessage(packet({ v, ...rest }))).toEqual(rest);
  });

  it.each(SAMPLES)('%s is read with fields that are not known yet', (name) => {
    const wanted = parseMessage(packet(sample(name)));
    expect(wanted).toBeDefined();
    expect(parseMessage(packet({ ...sample(name), later: [1] }))).toEqual(wanted);
  });

  it.each(SAMPLES)('%s is no message without one of its fields', (name) => {
    for (const field of Object.keys(sample(name))) {
      const { [field]: _, ...rest } = sample(name);
      expect(parseMessage(packet(rest)), field).toBeUndefined();
    }
  });

  it.each(SAMPLES)('%s is no message with a field of another kind', (name) => {
    for (const field of Object.keys(sample(name))) {
      expect(parseMessage(packet({ ...sample(name), [field]: { x: 1 } })), field).toBeUndefined();
    }
  });
});

describe('sources', () => {
  const head = { v: 1, id: 's', seq: 1, at: 1, type: 'sources', line: '', queries: [] };

  it.each(['javascript:alert(1)', 'data:text/html,x', ' https://x', '//x', ''])(
    'never link to %j',
    (url) => {
      expect(parseMessage(packet({ ...head, links: [{ title: 'x', url }] }))).toBeUndefined();
    },
  );
});

describe('what is no message', () => {
  it.each([
    ['nothing', ''],
    ['not JSON', '{'],
    ['null', 'null'],
    ['a list', '[]'],
    ['a number', '7'],
  ])('%s', (_, text) => {
    expect(parseMessage(new TextEncoder().encode(text))).toBeUndefined();
  });

  it('bytes that are not UTF-8', () => {
    expect(parseMessage(new Uint8Array([0xff, 0xfe]))).toBeUndefined();
  });

  it('another version', () => {
    expect(parseMessage(packet({ ...sample('state.json'), v: 2 }))).toBeUndefined();
  });

  it('a type that is not known', () => {
    expect(parseMessage(packet({ ...sample('state.json'), type: 'later' }))).toBeUndefined();
  });

  it('more than a packet holds', () => {
    const long = { ...sample('notice.info.json'), text: 'x'.repeat(16_000) };
    expect(parseMessage(packet(long))).toBeUndefined();
  });
});
