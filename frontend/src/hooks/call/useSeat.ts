import type { Room } from 'livekit-client';
import { useEffect } from 'react';
import { keepSeat } from '../seat';
import type { Ticket } from './useCall';
import type { Devices } from './useDevices';

/** Keep the seat of this call while it lasts, for a reload. */
export function useSeat(
  room: Room,
  connected: boolean,
  { name, persona }: Ticket,
  { camera, microphone }: Devices,
): void {
  useEffect(() => {
    if (!connected) return;
    const { identity } = room.localParticipant;
    keepSeat({ room: room.name, identity, name, persona, camera, microphone });
  }, [room, connected, name, persona, camera, microphone]);
}
