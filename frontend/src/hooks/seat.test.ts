import { beforeEach, describe, expect, it } from 'vitest';
import { keepSeat, keptSeat, leaveSeat, type Seat } from './seat';

const SEAT: Seat = {
  ...{ room: 'room-1', identity: 'user-1', name: 'Ann', persona: 'tutor' },
  ...{ camera: false, microphone: true },
};

beforeEach(() => {
  sessionStorage.clear();
});

describe('a seat', () => {
  it('outlives a reload, with what was switched on, until it is left', () => {
    keepSeat(SEAT);
    expect(keptSeat()).toEqual(SEAT);
    leaveSeat();
    expect(keptSeat()).toBeUndefined();
  });

  it('is of this tab alone', () => {
    keepSeat(SEAT);
    expect(localStorage).toHaveLength(0);
  });

  it.each(['', '{', '[]', '{"room":1}', '{"room":"r","identity":"i","name":"","persona":""}'])(
    'that was written by something else is none: %s',
    (text) => {
      sessionStorage.setItem('sightline.seat', text);
      expect(keptSeat()).toBeUndefined();
    },
  );
});
