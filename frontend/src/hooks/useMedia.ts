import { useCallback, useEffect, useRef, useState } from 'react';
import type { Device } from '../protocol/wording';

interface Choice {
  readonly camera: string;
  readonly microphone: string;
}

/** Which devices are to be used at all. */
export interface Wanted {
  readonly camera: boolean;
  readonly microphone: boolean;
}

export interface Media {
  readonly camera: MediaStreamTrack | undefined;
  readonly microphone: MediaStreamTrack | undefined;
  /** The name of the browser's error where a device could not be had. */
  readonly problems: Readonly<Partial<Record<Device, string>>>;
  readonly devices: readonly MediaDeviceInfo[];
  readonly asking: boolean;
}

const NONE: Media = {
  camera: undefined,
  microphone: undefined,
  problems: {},
  devices: [],
  asking: true,
};

/** Ask for what is wanted, and again when that or the choice changes; `again` tries once more. */
export function useMedia(
  choice: Choice,
  wanted: Wanted,
): Media & {
  readonly again: () => void;
  /** Leave the tracks running: somebody else has them now. */
  readonly keep: () => void;
} {
  const [media, setMedia] = useState(NONE);
  const [attempt, setAttempt] = useState(0);
  const kept = useRef(false);
  const { camera, microphone } = choice;
  const { camera: seen, microphone: heard } = wanted;

  useEffect(() => {
    let current = true;
    let found: Media | undefined;
    void acquire({ camera, microphone }, { camera: seen, microphone: heard }).then((media) => {
      found = media;
      if (current) setMedia(media);
      else stop(media);
    });
    return () => {
      current = false;
      if (found !== undefined && !kept.current) stop(found);
    };
  }, [camera, microphone, seen, heard, attempt]);

  const again = useCallback(() => {
    setAttempt((count) => count + 1);
  }, []);
  const keep = useCallback(() => {
    kept.current = true;
  }, []);
  return { ...media, again, keep };
}

function stop({ camera, microphone }: Media): void {
  camera?.stop();
  microphone?.stop();
}

async function acquire(choice: Choice, wanted: Wanted): Promise<Media> {
  // Absent where the page did not come by https, whatever the types say.
  const source = navigator.mediaDevices as MediaDevices | undefined;
  if (source === undefined) {
    const problems = { camera: 'InsecureContext', microphone: 'InsecureContext' };
    return { ...NONE, problems, asking: false };
  }
  const video = wanted.camera && { width: 1280, height: 720, ...exactly(choice.camera) };
  const audio = wanted.microphone && { ...CLEAN, ...exactly(choice.microphone) };
  // Together first: that is one question of the browser's, not two.
  const both = await attempt(source, { video, audio });
  const [seen, heard] =
    typeof both === 'string' && video && audio
      ? [await attempt(source, { video }), await attempt(source, { audio })]
      : [both, both];
  return {
    camera: typeof seen === 'string' ? undefined : seen.getVideoTracks()[0],
    microphone: typeof heard === 'string' ? undefined : heard.getAudioTracks()[0],
    problems: {
      ...(typeof seen === 'string' && wanted.camera && { camera: seen }),
      ...(typeof heard === 'string' && wanted.microphone && { microphone: heard }),
    },
    devices: await source.enumerateDevices(),
    asking: false,
  };
}

const CLEAN = { echoCancellation: true, noiseSuppression: true };

function exactly(deviceId: string): MediaTrackConstraints {
  return deviceId === '' ? {} : { deviceId: { exact: deviceId } };
}

async function attempt(
  source: MediaDevices,
  constraints: MediaStreamConstraints,
): Promise<MediaStream | string> {
  // Nothing at all may not be asked for.
  if (!constraints.video && !constraints.audio) return new MediaStream();
  try {
    return await source.getUserMedia(constraints);
  } catch (error) {
    return error instanceof Error ? error.name : 'Error';
  }
}
