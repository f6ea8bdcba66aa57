import { cleanup, renderHook, waitFor } from '@testing-library/react';
import { Room, RoomEvent } from 'livekit-client';
import { afterEach, describe, expect, it } from 'vitest';
import type { Fields } from '../../protocol/fields';
import type { Event } from '../../protocol/talk';
import type { Ask } from './useAsk';
import { type Teller, useHistory } from './useHistory';

function line(seq: number): Fields {
  const head = { v: 1, id: `agent-${seq}`, seq, at: seq, type: 'transcript', who: 'agent' };
  return { ...head, identity: 'agent-x', text: `line ${seq}`, final: true, interrupted: false };
}

/** An agent whose history has two pages. */
function agent() {
  const asked: Fields[] = [];
  const ask: Ask = (_, request = {}) => {
    asked.push(request);
    const page =
      request['after'] === 0
        ? { messages: [line(1)], next: 1, seq: 1 }
        : { messages: [line(2)], next: 0, seq: 2 };
    return Promise.resolve(page);
  };
  return { ask, asked };
}

function recalling(first: Partial<Teller> & Pick<Teller, 'ask'>) {
  const room = new Room();
  const told: Event[] = [];
  const tell = (event: Event): void => {
    told.push(event);
  };
  const { rerender } = renderHook(
    (more: Partial<Teller>) => {
      const known = { identity: 'agent-x', refused: false, count: undefined };
      useHistory(room, { ...known, ...first, ...more }, tell);
    },
    { initialProps: {} },
  );
  return { room, told, rerender };
}

afterEach(cleanup);

describe('history', () => {
  it('is read to its end, page by page, and told as a whole', async () => {
    const { ask, asked } = agent();
    const { told } = recalling({ ask });
    await waitFor(() => {
      expect(told).toHaveLength(1);
    });
    expect(asked).toEqual([
      { after: 0, since: 0 },
      { after: 1, since: 0 },
    ]);
    const messages = [{ text: 'line 1' }, { text: 'line 2' }];
    // Complete up to what there was when its first page was written.
    expect(told).toMatchObject([{ kind: 'history', sender: 'agent-x', messages, seq: 1 }]);
  });

  it('is asked for what is new after the connection was lost', async () => {
    const { ask, asked } = agent();
    const { room, told, rerender } = recalling({ ask });
    await waitFor(() => {
      expect(told).toHaveLength(1);
    });
    rerender({ count: { whole: 7, from: 0, to: 0 } });
    room.emit(RoomEvent.Reconnected);
    await waitFor(() => {
      expect(told).toHaveLength(2);
    });
    expect(asked[2]).toEqual({ after: 0, since: 7 });
  });

  it('is asked for what is missing in a gap, once it has settled', async () => {
    const { ask, asked } = agent();
    const { told, rerender } = recalling({ ask });
    await waitFor(() => {
      expect(told).toHaveLength(1);
    });
    rerender({ count: { whole: 4, from: 6, to: 6 } });
    rerender({ count: { whole: 4, from: 8, to: 9 } });
    await waitFor(
      () => {
        expect(told).toHaveLength(2);
      },
      { timeout: 2500 },
    );
    expect(asked.slice(2)).toEqual([
      { after: 0, since: 4 },
      { after: 1, since: 4 },
    ]);
  });

  it('is asked of nobody while there is no agent', () => {
    const { ask, asked } = agent();
    recalling({ ask, identity: undefined });
    expect(asked).toEqual([]);
  });

  it('comes to whom the agent begins to serve', async () => {
    const { ask, asked } = agent();
    const { told, rerender } = recalling({ ask, refused: true });
    expect(asked).toEqual([]);
    rerender({ refused: false });
    await waitFor(() => {
      expect(told).toHaveLength(1);
    });
  });
});
