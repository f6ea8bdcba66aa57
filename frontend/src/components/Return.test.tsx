import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Ticket } from '../hooks/call/useCall';
import { Return } from './Return';

const SEAT = {
  ...{ room: 'room-1', identity: 'user-1', name: 'Ann', persona: '' },
  ...{ camera: false, microphone: false },
};
const joins: Ticket[] = [];
let stays = 0;
let status = 0;

/** Come back while the server answers with this status; 0: not at all. */
function comeBack(first: number): void {
  [joins.length, stays, status] = [0, 0, first];
  vi.stubGlobal('fetch', () => {
    if (status === 0) return Promise.reject(new TypeError('fetch failed'));
    const grant = { server_url: 'wss://live', participant_token: 'a.b.c' };
    return Promise.resolve(Response.json(grant, { status }));
  });
  const devices = { enumerateDevices: () => Promise.resolve([]) };
  Object.defineProperty(navigator, 'mediaDevices', { value: devices, configurable: true });
  const stay = (): void => {
    stays += 1;
  };
  render(<Return seat={SEAT} onJoin={(ticket) => joins.push(ticket)} onStay={stay} />);
}

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

describe('coming back', () => {
  it.each([
    [0, /does not answer/],
    [429, /Wait a minute/],
    [503, /refused the call/],
  ])('is tried again at wish where the server has its troubles: %d', async (trouble, words) => {
    comeBack(trouble);
    expect((await screen.findByRole('alert')).textContent).toMatch(words);
    expect(stays).toBe(0);
    status = 201;
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await vi.waitFor(() => {
      expect(joins).toMatchObject([{ admission: { token: 'a.b.c' }, camera: undefined }]);
    });
  });

  it.each([400, 401, 403])('ends where the way back is closed: %d', async (refusal) => {
    comeBack(refusal);
    await vi.waitFor(() => {
      expect(stays).toBe(1);
    });
    expect(joins).toEqual([]);
  });
});
