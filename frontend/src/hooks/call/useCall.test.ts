import { renderHook } from '@testing-library/react';
import { afterEach, expect, it } from 'vitest';
import { useCall } from './useCall';

afterEach(() => {
  localStorage.clear();
});

it('a call begins with the devices that were chosen before', () => {
  for (const name of ['camera', 'microphone', 'speaker']) {
    localStorage.setItem(`sightline.${name}`, `my ${name}`);
  }
  const admission = { url: 'wss://live', token: 'a.b.c' };
  const ticket = { admission, name: '', persona: '', camera: undefined, microphone: undefined };
  const { result, unmount } = renderHook(() => useCall(ticket));
  // Whoever goes at once does not join.
  unmount();
  expect(result.current.room.options).toMatchObject({
    videoCaptureDefaults: { deviceId: 'my camera' },
    audioCaptureDefaults: { deviceId: 'my microphone' },
    audioOutput: { deviceId: 'my speaker' },
  });
});
