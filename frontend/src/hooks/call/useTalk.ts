import { ParticipantKind, type RemoteParticipant, type Room, RoomEvent } from 'livekit-client';
import { type Dispatch, useEffect, useReducer } from 'react';
import { parseMessage, TOPIC } from '../../protocol/message';
import { type Event, NOTHING, reduce, type Talk } from '../../protocol/talk';

/** Fold what the agent tells the room into a talk; nobody but an agent is believed. */
export function useTalk(room: Room): readonly [Talk, Dispatch<Event>] {
  const [talk, tell] = useReducer(reduce, NOTHING);
  useEffect(() => {
    const onData = (
      packet: Uint8Array,
      sender?: RemoteParticipant,
      _?: unknown,
      topic?: string,
    ): void => {
      if (topic !== TOPIC || sender?.kind !== ParticipantKind.AGENT) return;
      const message = parseMessage(packet);
      if (message) tell({ kind: 'message', sender: sender.identity, message });
    };
    const onLeft = (other: RemoteParticipant): void => {
      if (other.kind === ParticipantKind.AGENT) tell({ kind: 'agent left' });
    };
    room.on(RoomEvent.DataReceived, onData).on(RoomEvent.ParticipantDisconnected, onLeft);
    return () => {
      room.off(RoomEvent.DataReceived, onData).off(RoomEvent.ParticipantDisconnected, onLeft);
    };
  }, [room]);
  return [talk, tell];
}
