/** The visitor's seat in a call, kept so that a reload comes back to it; no token, no secret. */

import { isFlag, isText, readObject } from '../protocol/fields';

export interface Seat {
  readonly room: string;
  readonly identity: string;
  readonly name: string;
  readonly persona: string;
  /** What was switched on: what was off does not come on by itself. */
  readonly camera: boolean;
  readonly microphone: boolean;
}

const KEY = 'sightline.seat';

/** Return the seat of this tab, if it was in a call when it was loaded anew. */
export function keptSeat(): Seat | undefined {
  const { room, identity, name, persona, camera, microphone } = readObject(read()) ?? {};
  if (!isText(room) || !isText(identity) || !isText(name) || !isText(persona)) return undefined;
  if (!isFlag(camera) || !isFlag(microphone)) return undefined;
  return { room, identity, name, persona, camera, microphone };
}

export function keepSeat(seat: Seat): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(seat));
  } catch {
    // Private windows may refuse; then a reload ends the call.
  }
}

export function leaveSeat(): void {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Nothing was kept, then.
  }
}

function read(): string {
  try {
    return sessionStorage.getItem(KEY) ?? '';
  } catch {
    return '';
  }
}
