import { ConnectionState, type Room } from 'livekit-client';
import { useEffect } from 'react';
import { keepSeat } from '../seat';
import type { Ticket } from './useCall';
import type { Devices } from './useDevices';

/** Keep the seat of this call while it lasts, for a reload. */
export function useSeat(
  room: Room,
  connected: boolean,
  { name, persona }: Pick<Ticket, 'name' | 'persona'>,
  { camera, microphone }: Pick<Devices, 'camera' | 'microphone'>,
): void {
  useEffect(() => {
    // Whoever leaves has everything switched off: that was not the visitor's wish.
    if (!connected || room.state !== ConnectionState.Connected) return;
    const { identity } = room.localParticipant;
    keepSeat({ room: room.name, identity, name, persona, camera, microphone });
  }, [room, connected, name, persona, camera, microphone]);
}
