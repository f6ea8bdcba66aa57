import type { Room } from 'livekit-client';
import { useCallback } from 'react';
import type { Method } from '../../protocol/control';
import { type Fields, readObject } from '../../protocol/fields';

/** Ask the agent; rejects with LiveKit's `RpcError`, or with an error where there is no agent. */
export type Ask = (method: Method, request?: Fields) => Promise<Fields>;

/** Milliseconds an answer may take: a new voice waits for the next pause. */
const PATIENCE = 20_000;

/** Return a way to ask the agent with this identity. */
export function useAsk(room: Room, agent: string | undefined): Ask {
  return useCallback(
    async (method, request = {}) => {
      if (agent === undefined) throw new Error('no agent');
      const answer = await room.localParticipant.performRpc({
        destinationIdentity: agent,
        method,
        payload: JSON.stringify(request),
        responseTimeout: PATIENCE,
      });
      return readObject(answer) ?? {};
    },
    [room, agent],
  );
}
