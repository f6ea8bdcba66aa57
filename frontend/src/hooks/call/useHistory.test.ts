import { cleanup, renderHook, waitFor } from '@testing-library/react';
import { Room, RoomEvent } from 'livekit-client';
import { afterEach, describe, expect, it } from 'vitest';
import type { Fields } from '../../protocol/fields';
import type { Event } from '../../protocol/talk';
import type { Ask } from './useAsk';
import { useHistory } from './useHistory';

function line(seq: number): Fields {
  const head = { v: 1, id: `agent-${seq}`, seq, at: seq, type: 'transcript', who: 'agent' };
  return { ...head, identity: 'agent-x', text: `line ${seq}`, final: true, interrupted: false };
}

/** An agent whose history has two pages. */
function agent() {
  const asked: unknown[] = [];
  const ask: Ask = (_, { after } = {}) => {
    asked.push(after);
    const page = after === 0 ? { messages: [line(1)], next: 1 } : { messages: [line(2)], next: 0 };
    return Promise.resolve(page);
  };
  return { ask, asked };
}

function recalling(ask: Ask, identity: string | undefined) {
  const room = new Room();
  const told: Event[] = [];
  const tell = (event: Event): void => {
    told.push(event);
  };
  renderHook(() => {
    useHistory(room, identity, ask, tell);
  });
  return { room, told };
}

afterEach(cleanup);

describe('history', () => {
  it('is read to its end, page by page', async () => {
    const { ask, asked } = agent();
    const { told } = recalling(ask, 'agent-x');
    await waitFor(() => {
      expect(told).toHaveLength(2);
    });
    expect(asked).toEqual([0, 1]);
    expect(told).toMatchObject([
      { kind: 'history', sender: 'agent-x', messages: [{ text: 'line 1' }] },
      { kind: 'history', sender: 'agent-x', messages: [{ text: 'line 2' }] },
    ]);
  });

  it('is asked for again after the connection was lost', async () => {
    const { ask, asked } = agent();
    const { room } = recalling(ask, 'agent-x');
    await waitFor(() => {
      expect(asked).toHaveLength(2);
    });
    room.emit(RoomEvent.Reconnected);
    await waitFor(() => {
      expect(asked).toHaveLength(4);
    });
  });

  it('is asked of nobody while there is no agent', () => {
    const { ask, asked } = agent();
    recalling(ask, undefined);
    expect(asked).toEqual([]);
  });
});
