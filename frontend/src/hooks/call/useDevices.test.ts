import { act, cleanup, renderHook } from '@testing-library/react';
import { Room, RoomEvent } from 'livekit-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { useDevices } from './useDevices';

beforeEach(() => {
  localStorage.clear();
  const none = { enumerateDevices: () => Promise.resolve([]) };
  const devices = Object.assign(new EventTarget(), none);
  Object.defineProperty(navigator, 'mediaDevices', { value: devices, configurable: true });
});
afterEach(cleanup);

/** A room whose browser can switch everything; this one cannot switch speakers. */
class Obliging extends Room {
  override switchActiveDevice(kind: MediaDeviceKind, deviceId: string): Promise<boolean> {
    this.emit(RoomEvent.ActiveDeviceChanged, kind, deviceId);
    return Promise.resolve(true);
  }
}

function devicesOf(room: Room) {
  const attempt = (work: Promise<unknown>): void => {
    work.catch(() => undefined);
  };
  return renderHook(() => useDevices(room, attempt)).result;
}

describe('devices in a call', () => {
  it('there is no screen to share on a page that did not come by https', () => {
    Object.defineProperty(navigator, 'mediaDevices', { value: undefined, configurable: true });
    expect(devicesOf(new Room()).current.canShare).toBe(false);
  });

  it.each([
    ['audioinput', 'microphone'],
    ['videoinput', 'camera'],
    ['audiooutput', 'speaker'],
  ] as const)('what is chosen is shown, and kept for a reload: %s', async (kind, name) => {
    const room = new Obliging();
    const devices = devicesOf(room);
    await act(async () => {
      devices.current.choose(kind, 'headset');
      await new Promise((resolve) => setTimeout(resolve, 0));
    });
    expect(devices.current.chosen(kind)).toBe('headset');
    expect(Object.entries(localStorage)).toEqual([[`sightline.${name}`, 'headset']]);
  });

  it('what the room comes to use is shown when it does', () => {
    const room = new Room();
    const devices = devicesOf(room);
    act(() => {
      room.emit(RoomEvent.ActiveDeviceChanged, 'videoinput', 'usb');
    });
    expect(devices.current.chosen('videoinput')).toBe('usb');
  });
});
