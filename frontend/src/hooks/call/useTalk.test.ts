import { act, cleanup, renderHook } from '@testing-library/react';
import { ParticipantKind, RemoteParticipant, Room, RoomEvent } from 'livekit-client';
import { afterEach, describe, expect, it } from 'vitest';
import { TOPIC } from '../../protocol/message';
import { useTalk } from './useTalk';

const WORDS = {
  ...{ v: 1, id: 'agent-1', seq: 1, at: 1, type: 'transcript', who: 'agent', identity: 'agent-x' },
  ...{ text: 'I see a mug.', final: true, interrupted: false },
};

function participant(kind: ParticipantKind): RemoteParticipant {
  const { client } = new Room().engine;
  return new RemoteParticipant(client, 'PA_1', 'agent-x', '', '', {}, undefined, kind);
}

/** Send something to a page in a room, and return the lines it shows then. */
function shown(message: object, kind: ParticipantKind | undefined, topic = TOPIC): unknown[] {
  const room = new Room();
  const { result } = renderHook(() => useTalk(room));
  const packet = new TextEncoder().encode(JSON.stringify(message));
  act(() => {
    const sender = kind === undefined ? undefined : participant(kind);
    room.emit(RoomEvent.DataReceived, packet, sender, undefined, topic);
  });
  return result.current[0].lines.map((line) => (line.type === 'transcript' ? line.text : ''));
}

afterEach(cleanup);

describe('who is believed', () => {
  it('the agent', () => {
    expect(shown(WORDS, ParticipantKind.AGENT)).toEqual(['I see a mug.']);
  });

  it.each([
    ['another visitor, whatever their identity', ParticipantKind.STANDARD],
    ['a telephone', ParticipantKind.SIP],
    ['an ingress', ParticipantKind.INGRESS],
    ['the server, or somebody who has left', undefined],
  ])('not %s', (_, kind) => {
    expect(shown(WORDS, kind)).toEqual([]);
  });

  it('nor the agent on another topic', () => {
    expect(shown(WORDS, ParticipantKind.AGENT, 'lk.chat')).toEqual([]);
  });

  it('nor with a transcript of 100 kB, which no packet can hold', () => {
    expect(shown({ ...WORDS, text: 'x'.repeat(100_000) }, ParticipantKind.AGENT)).toEqual([]);
  });
});

describe('a talk', () => {
  it('counts messages of an unknown type too, and forgets the count with the agent', () => {
    const room = new Room();
    const { result } = renderHook(() => useTalk(room));
    const agent = participant(ParticipantKind.AGENT);
    const packet = new TextEncoder().encode('{"v":1,"id":"x","seq":1,"at":1,"type":"novel"}');
    act(() => {
      room.emit(RoomEvent.DataReceived, packet, agent, undefined, TOPIC);
    });
    expect(result.current[0].counts).toEqual({ 'agent-x': { whole: 1, from: 0, to: 1 } });
    act(() => {
      room.emit(RoomEvent.ParticipantDisconnected, agent);
    });
    expect(result.current[0].counts).toEqual({});
  });

  it('knows who is there, by name', () => {
    const room = new Room();
    const { result } = renderHook(() => useTalk(room));
    const { client } = room.engine;
    const ben = new RemoteParticipant(client, 'PA_2', 'ben', 'Ben');
    room.localParticipant.identity = 'ann';
    act(() => {
      room.emit(RoomEvent.Connected);
      room.emit(RoomEvent.ParticipantConnected, ben);
    });
    expect(result.current[0].people).toMatchObject({ me: 'ann', names: { ben: 'Ben' } });
  });
});
