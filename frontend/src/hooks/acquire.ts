/** Asks the browser for camera and microphone. */

import type { Device } from '../protocol/wording';

/** Ids of the devices that were chosen; empty: whichever. */
export type Choice = Readonly<Record<Device, string>>;

/** Which devices are to be used at all. */
export type Wanted = Readonly<Record<Device, boolean>>;

export type Tracks = Readonly<Record<Device, MediaStreamTrack | undefined>>;

export interface Media extends Tracks {
  /** The name of the browser's error where a device could not be had. */
  readonly problems: Readonly<Partial<Record<Device, string>>>;
  readonly devices: readonly MediaDeviceInfo[];
  readonly asking: boolean;
}

export const NONE: Media = {
  camera: undefined,
  microphone: undefined,
  problems: {},
  devices: [],
  asking: true,
};

/** Ask for what is wanted; one device that cannot be had does not cost the other. */
export async function acquire(choice: Choice, wanted: Wanted): Promise<Media> {
  // Absent where the page did not come by https, whatever the types say.
  const source = navigator.mediaDevices as MediaDevices | undefined;
  if (source === undefined) {
    const problems = { camera: 'InsecureContext', microphone: 'InsecureContext' };
    return { ...NONE, problems, asking: false };
  }
  const { camera, microphone } = await tracksOf(source, choice, wanted);
  return {
    camera: typeof camera === 'string' ? undefined : camera,
    microphone: typeof microphone === 'string' ? undefined : microphone,
    problems: {
      ...(typeof camera === 'string' && { camera }),
      ...(typeof microphone === 'string' && { microphone }),
    },
    devices: await source.enumerateDevices(),
    asking: false,
  };
}

/** A track, undefined for what is not wanted, or the name of an error. */
type Found = Record<Device, MediaStreamTrack | undefined | string>;

async function tracksOf(source: MediaDevices, choice: Choice, wanted: Wanted): Promise<Found> {
  const devices = (['camera', 'microphone'] as const).filter((device) => wanted[device]);
  const found: Found = { camera: undefined, microphone: undefined };
  // Together first: that is one question of the browser's, not two.
  const first = await attempt(source, devices, choice);
  for (const device of devices) {
    const alone = first === undefined || typeof first === 'string';
    let got = alone && devices.length > 1 ? await attempt(source, [device], choice) : first;
    // What was chosen once may be gone for good: another one is better than none.
    if (typeof got === 'string' && GONE.includes(got) && choice[device] !== '') {
      got = await attempt(source, [device], { ...choice, [device]: '' });
    }
    found[device] = typeof got === 'object' ? trackOf(got, device) : got;
  }
  return found;
}

const GONE: readonly string[] = ['OverconstrainedError', 'NotFoundError'];
const CLEAN = { echoCancellation: true, noiseSuppression: true };

function trackOf(stream: MediaStream, device: Device): MediaStreamTrack | undefined {
  return (device === 'camera' ? stream.getVideoTracks() : stream.getAudioTracks())[0];
}

async function attempt(
  source: MediaDevices,
  devices: readonly Device[],
  { camera, microphone }: Choice,
): Promise<MediaStream | string | undefined> {
  // Nothing at all may not be asked for.
  if (devices.length === 0) return undefined;
  try {
    return await source.getUserMedia({
      video: devices.includes('camera') && { width: 1280, height: 720, ...exactly(camera) },
      audio: devices.includes('microphone') && { ...CLEAN, ...exactly(microphone) },
    });
  } catch (error) {
    return error instanceof Error ? error.name : 'Error';
  }
}

function exactly(deviceId: string): MediaTrackConstraints {
  return deviceId === '' ? {} : { deviceId: { exact: deviceId } };
}
