import {
  type Participant,
  ParticipantKind,
  type RemoteParticipant,
  type Room,
  RoomEvent,
} from 'livekit-client';
import { type Dispatch, useEffect, useReducer } from 'react';
import { parsePacket, TOPIC } from '../../protocol/message';
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
      const found = parsePacket(packet);
      if (!found) return;
      const { message, seq } = found;
      const told = message
        ? { kind: 'message' as const, message }
        : { kind: 'other' as const, seq };
      tell({ ...told, sender: sender.identity });
    };
    const onLeft = ({ kind, identity }: RemoteParticipant): void => {
      if (kind === ParticipantKind.AGENT) tell({ kind: 'agent left', sender: identity });
    };
    room.on(RoomEvent.DataReceived, onData).on(RoomEvent.ParticipantDisconnected, onLeft);
    return () => {
      room.off(RoomEvent.DataReceived, onData).off(RoomEvent.ParticipantDisconnected, onLeft);
    };
  }, [room]);
  usePeople(room, tell);
  return [talk, tell];
}

/** Tell who is there, by name. */
function usePeople(room: Room, tell: Dispatch<Event>): void {
  useEffect(() => {
    const meet = ({ identity, name }: Participant): void => {
      const me = identity === room.localParticipant.identity;
      if (identity !== '') tell({ kind: 'met', identity, name: name ?? '', me });
    };
    const all = (): void => {
      [room.localParticipant, ...room.remoteParticipants.values()].forEach(meet);
    };
    const named = (_: string, participant: Participant): void => {
      meet(participant);
    };
    all();
    room.on(RoomEvent.Connected, all).on(RoomEvent.ParticipantConnected, meet);
    room.on(RoomEvent.ParticipantNameChanged, named);
    return () => {
      room.off(RoomEvent.Connected, all).off(RoomEvent.ParticipantConnected, meet);
      room.off(RoomEvent.ParticipantNameChanged, named);
    };
  }, [room, tell]);
}
