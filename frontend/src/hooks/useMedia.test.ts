import { act, cleanup, renderHook, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { useMedia } from './useMedia';

const ANY = { camera: '', microphone: '' };
const BOTH = { camera: true, microphone: true };

/** A track of no device: it can be stopped, and unplugged. */
class Track extends EventTarget {
  stopped = false;
  constructor(readonly kind: string) {
    super();
  }
  stop(): void {
    this.stopped = true;
  }
}

let tracks: Track[];
let answers: (() => void)[];
/** Ids of devices that are no longer there. */
let gone: string[];

function idOf(asked: MediaTrackConstraints | boolean | undefined): string {
  const { exact } = ((asked as MediaTrackConstraints).deviceId ?? {}) as { exact?: string };
  return exact ?? '';
}

/** A browser that answers when the test says so. */
async function getUserMedia({ video, audio }: MediaStreamConstraints): Promise<unknown> {
  await new Promise<void>((resolve) => answers.push(resolve));
  const wanted = [...(video ? [video] : []), ...(audio ? [audio] : [])];
  if (wanted.some((one) => gone.includes(idOf(one)))) {
    throw new DOMException('no', 'OverconstrainedError');
  }
  const [seen, heard] = [video ? [new Track('video')] : [], audio ? [new Track('audio')] : []];
  tracks.push(...seen, ...heard);
  return { getVideoTracks: () => seen, getAudioTracks: () => heard };
}

beforeEach(() => {
  [tracks, answers, gone] = [[], [], []];
  const devices = { getUserMedia, enumerateDevices: () => Promise.resolve([]) };
  Object.defineProperty(navigator, 'mediaDevices', { value: devices, configurable: true });
});
afterEach(cleanup);

async function answer(): Promise<void> {
  await waitFor(() => {
    expect(answers).not.toEqual([]);
  });
  await act(async () => {
    answers.shift()?.();
    await new Promise((resolve) => setTimeout(resolve, 0));
  });
}

async function previewing(choice = ANY) {
  const { result, rerender, unmount } = renderHook(
    ({ choice, wanted }) => useMedia(choice, wanted),
    { initialProps: { choice, wanted: BOTH } },
  );
  await answer();
  return { preview: () => result.current, rerender, unmount };
}

describe('devices before a call', () => {
  it('are none while another one is waited for, since the old ones are stopped', async () => {
    const { preview, rerender } = await previewing();
    expect(preview()).toMatchObject({ asking: false, microphone: tracks[1] });
    rerender({ choice: { ...ANY, microphone: 'headset' }, wanted: BOTH });
    expect(tracks.map((one) => one.stopped)).toEqual([true, true]);
    expect(preview()).toMatchObject({ asking: true, camera: undefined, microphone: undefined });
    await answer();
    expect(preview()).toMatchObject({ asking: false, microphone: tracks[3] });
  });

  it('that were taken run on, and those that come after it do not', async () => {
    const { preview, rerender, unmount } = await previewing();
    expect(preview().take()).toEqual({ camera: tracks[0], microphone: tracks[1] });
    rerender({ choice: ANY, wanted: { camera: false, microphone: true } });
    unmount();
    await answer();
    expect(tracks.map((one) => one.stopped)).toEqual([false, false, true]);
  });

  it('are not given away after they were stopped', async () => {
    const { preview, rerender } = await previewing();
    rerender({ choice: ANY, wanted: { camera: false, microphone: true } });
    expect(preview().take()).toEqual({ camera: undefined, microphone: undefined });
  });

  it('that are unplugged are missed', async () => {
    const { preview } = await previewing();
    act(() => {
      tracks[1]?.dispatchEvent(new Event('ended'));
    });
    expect(preview()).toMatchObject({ camera: tracks[0], microphone: undefined });
    expect(preview().problems).toEqual({ microphone: 'NotFoundError' });
  });

  it('that were chosen and are gone are replaced by others', async () => {
    gone = ['usb'];
    const { preview } = await previewing({ ...ANY, camera: 'usb' });
    // Both, the camera alone, any camera, the microphone.
    for (let asked = 0; asked < 3; asked += 1) await answer();
    expect(preview().problems).toEqual({});
    expect(preview()).toMatchObject({ camera: { kind: 'video' }, microphone: { kind: 'audio' } });
  });
});
