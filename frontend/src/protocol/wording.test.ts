import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  deviceInWords,
  refusalInWords,
  sightInWords,
  stateInWords,
  toolInWords,
  unreadInWords,
} from './wording';

const PROTOCOL = readFileSync(`${import.meta.dirname}/../../../docs/protocol.md`, 'utf-8');
const seen = { id: 'v', seq: 1, at: 1, type: 'vision', source: 'camera' } as const;
const size = { width: 1, height: 1, bytes: 1 };

describe('the agent', () => {
  it.each([
    ['connecting', 'here', 'speaking', 'Connecting'],
    ['reconnecting', 'here', 'speaking', 'Connection lost. Getting it back'],
    ['connected', 'awaited', undefined, 'Waiting for the agent'],
    ['connected', 'gone', 'speaking', 'The agent has left. Waiting for the next one'],
    [
      'connected',
      'lost',
      'speaking',
      'The agent has left and no other has come. Please call again',
    ],
    ['connected', 'here', undefined, 'Getting ready'],
    ['connected', 'here', 'speaking', 'Speaking'],
    ['connected', 'here', 'a state of later', 'Here'],
  ] as const)('%s, %s, %s: %s', (connection, agent, state, wanted) => {
    expect(stateInWords({ connection, agent, state, tool: undefined })).toBe(wanted);
  });

  it('says which tool is at work', () => {
    const situation = { connection: 'connected', agent: 'here', state: 'listening' } as const;
    expect(stateInWords({ ...situation, tool: 'get_weather' })).toBe('At work: Get weather');
  });
});

describe('its eyes', () => {
  it('have words for every reason the protocol names', () => {
    const table = PROTOCOL.slice(PROTOCOL.indexOf('`status` `blind`'));
    const reasons = [...table.matchAll(/^\| `(\w+)` \|/gm)].map((match) => match[1] ?? '');
    expect(reasons).toContain('covered');
    for (const reason of reasons) {
      const words = sightInWords({ ...seen, ...size, status: 'blind', reason });
      expect(words, reason).not.toBe('Cannot see: no picture');
    }
  });

  it('see by a source, and say nothing before they do', () => {
    expect(sightInWords({ ...seen, ...size, status: 'sent', reason: 'turn' })).toBe(
      'Sees your camera',
    );
    expect(sightInWords(undefined)).toBe('');
  });
});

describe('devices', () => {
  it.each(['NotAllowedError', 'NotFoundError', 'NotReadableError', 'Strange'])('%s', (name) => {
    expect(deviceInWords('camera', name)).toMatch(/camera/);
  });

  it('an insecure page says what would be right', () => {
    expect(deviceInWords('camera', 'InsecureContext')).toMatch(/https/);
  });
});

describe('tools', () => {
  it('read as words', () => {
    expect(toolInWords('get_weather')).toBe('Get weather');
  });
});

describe('what is typed', () => {
  it('is read by an agent that is there and serves who types, alone', () => {
    expect(unreadInWords('here', false)).toBe('');
    expect(unreadInWords('here', true)).toMatch(/somebody else/);
    expect(unreadInWords('gone', false)).toMatch(/not here/);
  });
});

describe('whose camera it is', () => {
  it('is said to whom it is not', () => {
    const sees = { ...seen, ...size, status: 'sent', reason: 'turn' } as const;
    expect(sightInWords(sees)).toBe('Sees your camera');
    expect(sightInWords(sees, false)).toBe('Sees the camera of another visitor');
  });
});

describe('a refusal', () => {
  it('speaks of the code that was shown, if one was', () => {
    expect(refusalInWords(401)).toBe('This call needs an access code.');
    expect(refusalInWords(401, true)).toBe('That code was not right.');
    expect(refusalInWords(429, true)).toMatch(/Wait/);
  });
});
