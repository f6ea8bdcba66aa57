import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, it } from 'vitest';
import { keepSeat, leaveSeat } from '../hooks/seat';
import { Mishap } from './Mishap';

function Broken(): never {
  throw new Error('chunk is gone');
}

const SEAT = {
  ...{ room: 'room-1', identity: 'user-1', name: 'Ann', persona: '' },
  ...{ camera: true, microphone: true },
};

afterEach(() => {
  cleanup();
  leaveSeat();
});

it.each([
  [true, /back to your call/],
  [false, /begin anew/],
])('a part that cannot be loaded leaves words and a way on; in a call: %s', (seated, words) => {
  if (seated) keepSeat(SEAT);
  const silent = { onCaughtError: () => undefined };
  render(
    <Mishap>
      <Broken />
    </Mishap>,
    silent,
  );
  expect(screen.getByRole('alert').textContent).toMatch(words);
  expect(screen.getByRole('button', { name: 'Load again' })).toBeTruthy();
});
