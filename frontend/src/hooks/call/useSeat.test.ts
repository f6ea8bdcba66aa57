import { cleanup, renderHook } from '@testing-library/react';
import { ConnectionState, Room } from 'livekit-client';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { keptSeat } from '../seat';
import { useSeat } from './useSeat';

const ANN = { name: 'Ann', persona: '' };

beforeEach(() => {
  sessionStorage.clear();
});
afterEach(cleanup);

function inCall() {
  const room = new Room();
  room.state = ConnectionState.Connected;
  const { rerender } = renderHook(
    (devices: { camera: boolean; microphone: boolean }) => {
      useSeat(room, true, ANN, devices);
    },
    { initialProps: { camera: true, microphone: true } },
  );
  return { room, rerender };
}

it('what the visitor switches off stays off after a reload', () => {
  inCall().rerender({ camera: false, microphone: true });
  expect(keptSeat()).toMatchObject({ camera: false, microphone: true });
});

it('what leaving the room switches off is on again after a reload', () => {
  const { room, rerender } = inCall();
  room.state = ConnectionState.Disconnected;
  rerender({ camera: false, microphone: false });
  expect(keptSeat()).toMatchObject({ camera: true, microphone: true });
});
