import { act, cleanup, renderHook } from '@testing-library/react';
import { ParticipantKind, RemoteParticipant, Room, RoomEvent } from 'livekit-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { useAgent } from './useAgent';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

/** A page in a room where an agent comes and goes. */
function watching() {
  const room = new Room();
  const details = ['agent-x', '', '', {}, undefined, ParticipantKind.AGENT] as const;
  const agent = new RemoteParticipant(room.engine.client, 'PA_1', ...details);
  const { result } = renderHook(() => useAgent(room, true));
  return {
    presence: () => result.current.presence,
    wait: (milliseconds: number) => {
      act(() => {
        vi.advanceTimersByTime(milliseconds);
      });
    },
    come: () => {
      act(() => {
        room.remoteParticipants.set(agent.identity, agent);
        room.emit(RoomEvent.ParticipantConnected, agent);
      });
    },
    go: () => {
      act(() => {
        room.remoteParticipants.delete(agent.identity);
        room.emit(RoomEvent.ParticipantDisconnected, agent);
      });
    },
  };
}

describe('an agent', () => {
  it('is awaited, and late after a while', () => {
    const page = watching();
    expect(page.presence()).toBe('awaited');
    page.wait(13_000);
    expect(page.presence()).toBe('late');
  });

  it('that goes is gone, and lost when none has come in its place after a while', () => {
    const page = watching();
    page.come();
    page.wait(13_000);
    expect(page.presence()).toBe('here');
    page.go();
    expect(page.presence()).toBe('gone');
    page.wait(13_000);
    expect(page.presence()).toBe('lost');
  });

  it('that comes after all is here', () => {
    const page = watching();
    page.come();
    page.go();
    page.wait(13_000);
    page.come();
    expect(page.presence()).toBe('here');
  });
});
