import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Ticket } from '../hooks/call/useCall';
import { Join } from './Join';

const TOKEN = 'eyJhbGciOi.planted-token.signature';
const PERSONAS = [
  { name: 'guide', title: 'Guide', description: 'For everything.' },
  { name: 'tutor', title: '<b>Tutor</b>', description: 'Asks, and does not tell.' },
];

let asked: RequestInit[];

/** A server that answers a request for a token with this status, and devices that fail like this. */
function world(status: number, failure = 'NotAllowedError'): void {
  asked = [];
  vi.stubGlobal('fetch', (address: string, request: RequestInit = {}) => {
    if (address === '/api/personas') return Promise.resolve(Response.json(PERSONAS));
    asked.push(request);
    const grant = { server_url: 'wss://live', participant_token: TOKEN };
    return Promise.resolve(Response.json(grant, { status }));
  });
  const error = new DOMException('no', failure);
  const devices = {
    getUserMedia: () => Promise.reject(error),
    enumerateDevices: () => Promise.resolve([]),
  };
  Object.defineProperty(navigator, 'mediaDevices', { value: devices, configurable: true });
}

const joins: Ticket[] = [];

function open(): void {
  render(<Join onReady={() => undefined} onJoin={(ticket) => joins.push(ticket)} />);
}

async function press(name: RegExp): Promise<void> {
  fireEvent.click(await screen.findByRole('button', { name }));
}

beforeEach(() => {
  localStorage.clear();
  joins.length = 0;
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

describe('before a call', () => {
  it.each([
    ['NotAllowedError', /may not use your camera and microphone/],
    ['NotFoundError', /No camera or microphone was found/],
    ['NotReadableError', /Another program may be using/],
  ])('%s is said in plain words, and one may join all the same', async (name, words) => {
    world(201, name);
    open();
    expect((await screen.findByRole('alert')).textContent).toMatch(words);
    await press(/Join to type and listen/);
    await vi.waitFor(() => {
      expect(joins).toHaveLength(1);
    });
  });

  it('a page that came by http says what would be right', async () => {
    world(201);
    Object.defineProperty(navigator, 'mediaDevices', { value: undefined, configurable: true });
    open();
    expect((await screen.findByRole('alert')).textContent).toMatch(/https/);
    expect(screen.queryByRole('button', { name: /^Join/ })).toBeNull();
  });

  it('a code is called wrong when the server has said so, and no sooner; then again', async () => {
    world(401);
    open();
    await press(/^Join/);
    const field = await screen.findByLabelText('Access code');
    fireEvent.change(field, { target: { value: 'o' } });
    expect(screen.getByText('This call needs an access code.')).toBeTruthy();
    for (const times of [2, 3]) {
      await press(/^Join/);
      // Gone while it is asked: else the same words would not be read out again.
      expect(screen.queryByText(/That code|needs an access code/)).toBeNull();
      expect(await screen.findByText('That code was not right.')).toBeTruthy();
      expect(asked).toHaveLength(times);
    }
  });

  it('nothing is changed any more while the server is asked', async () => {
    world(201);
    open();
    await press(/^Join/);
    const switches: HTMLInputElement[] = screen.getAllByRole('switch');
    expect(switches.map((one) => one.disabled)).toEqual([true, true]);
  });

  it('it takes the attention of the keyboard only from what was there before', () => {
    world(201);
    open();
    expect(document.activeElement).toBe(document.body);
    cleanup();
    render(<Join instead onReady={() => undefined} onJoin={() => undefined} />);
    expect(document.activeElement).toBe(screen.getByRole('heading', { level: 1 }));
  });

  it.each([
    [401, /needs an access code/],
    [429, /Wait a minute/],
    [500, /refused the call/],
  ])('a refusal (%d) is said, and nothing is asked again by itself', async (status, words) => {
    world(status);
    open();
    await press(/^Join/);
    expect(await screen.findByText(words)).toBeTruthy();
    expect(asked).toHaveLength(1);
    expect(joins).toEqual([]);
  });

  it('the token goes to the call, and neither into the address nor into storage', async () => {
    world(201);
    open();
    await press(/^Join/);
    await vi.waitFor(() => {
      expect(joins[0]?.admission.token).toBe(TOKEN);
    });
    expect(location.href).not.toContain(TOKEN);
    expect(
      JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)]),
    ).not.toContain(TOKEN);
  });

  it('one may choose whom to talk with; titles are text', async () => {
    world(201);
    open();
    const choice = await screen.findByLabelText('Talk with');
    expect(await screen.findByText('<b>Tutor</b>')).toBeTruthy();
    fireEvent.change(choice, { target: { value: 'tutor' } });
    expect(screen.getByText('Asks, and does not tell.')).toBeTruthy();
    await press(/^Join/);
    await vi.waitFor(() => {
      expect(joins[0]?.persona).toBe('tutor');
    });
  });
});
