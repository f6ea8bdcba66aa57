import { useLocalParticipant } from '@livekit/components-react';
import { type Room, RoomEvent } from 'livekit-client';
import { useCallback, useEffect, useState } from 'react';
import { CHAT_TOPIC, MAX_TYPED } from '../../protocol/message';
import { type Device, deviceInWords } from '../../protocol/wording';
import type { Attempt } from '../useAttempt';
import { useDeviceList } from '../useDeviceList';
import { store } from '../useStored';

export interface Devices {
  readonly microphone: boolean;
  readonly camera: boolean;
  readonly screen: boolean;
  readonly canShare: boolean;
  readonly list: readonly MediaDeviceInfo[];
  readonly toggle: (what: Device) => void;
  readonly share: () => void;
  /** The device in use, by kind. */
  readonly chosen: (kind: MediaDeviceKind) => string;
  readonly choose: (kind: MediaDeviceKind, deviceId: string) => void;
  /** Undefined where there is one camera alone. */
  readonly nextCamera: (() => void) | undefined;
  /** Rejects where it did not arrive. */
  readonly type: (text: string) => Promise<unknown>;
}

/** What the visitor shows, says and types. */
export function useDevices(room: Room, attempt: Attempt['attempt']): Devices {
  const { isMicrophoneEnabled, isCameraEnabled, isScreenShareEnabled, localParticipant } =
    useLocalParticipant({ room });
  const list = useDeviceList();
  // Absent where the page did not come by https, whatever the types say.
  const media = navigator.mediaDevices as MediaDevices | undefined;
  const canShare = media !== undefined && 'getDisplayMedia' in media;
  const cameras = list.filter((one) => one.kind === 'videoinput' && one.deviceId !== '');

  const toggle = useCallback(
    (what: Device) => {
      const work =
        what === 'camera'
          ? localParticipant.setCameraEnabled(!isCameraEnabled)
          : localParticipant.setMicrophoneEnabled(!isMicrophoneEnabled);
      attempt(work, ({ name }) => deviceInWords(what, name));
    },
    [attempt, localParticipant, isCameraEnabled, isMicrophoneEnabled],
  );

  const share = useCallback(() => {
    const work = localParticipant.setScreenShareEnabled(!isScreenShareEnabled);
    // Closing the browser's question is an answer, not a failure.
    attempt(work, ({ name }) =>
      name === 'NotAllowedError' ? '' : 'The screen could not be shared.',
    );
  }, [attempt, localParticipant, isScreenShareEnabled]);

  const chosen = useChosen(room);
  const choose = (kind: MediaDeviceKind, deviceId: string): void => {
    const what = kind === 'videoinput' ? 'camera' : 'microphone';
    const work = room.switchActiveDevice(kind, deviceId).then(() => {
      // A reload, and the next call, begin with it.
      store(`sightline.${kind === 'audiooutput' ? 'speaker' : what}`, deviceId);
    });
    attempt(work, ({ name }) => deviceInWords(what, name));
  };
  const nextCamera = (): void => {
    const now = cameras.findIndex((one) => one.deviceId === chosen('videoinput'));
    const next = cameras[(now + 1) % cameras.length];
    if (next) choose('videoinput', next.deviceId);
  };

  const type = (text: string): Promise<unknown> => {
    const work = localParticipant.sendText(text.slice(0, MAX_TYPED), { topic: CHAT_TOPIC });
    attempt(work, () => 'What you typed did not arrive. Send it again.');
    return work;
  };

  return {
    microphone: isMicrophoneEnabled,
    camera: isCameraEnabled,
    screen: isScreenShareEnabled,
    canShare,
    list,
    toggle,
    share,
    chosen,
    choose,
    nextCamera: isCameraEnabled && cameras.length > 1 ? nextCamera : undefined,
    type,
  };
}

/** Follow which devices the room uses, by kind. */
export function useChosen(room: Room): (kind: MediaDeviceKind) => string {
  const [chosen, setChosen] = useState<Partial<Record<MediaDeviceKind, string>>>({});
  useEffect(() => {
    const change = (kind: MediaDeviceKind, deviceId: string): void => {
      setChosen((now) => ({ ...now, [kind]: deviceId }));
    };
    room.on(RoomEvent.ActiveDeviceChanged, change);
    return () => {
      room.off(RoomEvent.ActiveDeviceChanged, change);
    };
  }, [room]);
  return (kind) => chosen[kind] ?? room.getActiveDevice(kind) ?? '';
}
