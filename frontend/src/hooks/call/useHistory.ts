import { type Room, RoomEvent, RpcError } from 'livekit-client';
import { type Dispatch, useEffect } from 'react';
import { METHOD, NOT_SERVED, parseHistory } from '../../protocol/control';
import type { Event } from '../../protocol/talk';
import type { Ask } from './useAsk';

/** Milliseconds between questions to an agent that does not answer yet, and how many there are. */
const AGAIN = 1500;
const ATTEMPTS = 8;

/** Bring back what was said before this page was there, or while its connection was lost. */
export function useHistory(
  room: Room,
  agent: string | undefined,
  ask: Ask,
  tell: Dispatch<Event>,
): void {
  useEffect(() => {
    if (agent === undefined) return undefined;
    const left = new AbortController();
    const read = async (): Promise<boolean> => {
      for (let after = 0; !left.signal.aborted;) {
        const page = parseHistory(await ask(METHOD.history, { after }));
        if (!page) return false;
        tell({ kind: 'history', sender: agent, messages: page.messages });
        if (page.next <= after) return true;
        after = page.next;
      }
      return true;
    };
    const recall = async (): Promise<void> => {
      for (let attempt = 0; !left.signal.aborted && attempt < ATTEMPTS; attempt += 1) {
        if (await read().catch(isRefusal)) return;
        await new Promise((resolve) => setTimeout(resolve, AGAIN));
      }
    };
    const again = (): void => void recall();
    again();
    room.on(RoomEvent.Reconnected, again);
    return () => {
      left.abort();
      room.off(RoomEvent.Reconnected, again);
    };
  }, [room, agent, ask, tell]);
}

/** The agent tells its history to whom it serves: asking again would not help. */
function isRefusal(error: unknown): boolean {
  return error instanceof RpcError && error.code === NOT_SERVED;
}
