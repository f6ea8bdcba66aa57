import { useLocalParticipant } from '@livekit/components-react';
import type { Room } from 'livekit-client';
import { useCallback, useEffect, useState } from 'react';
import { CHAT_TOPIC, MAX_TYPED } from '../../protocol/message';
import { type Device, deviceInWords } from '../../protocol/wording';

export interface Controls {
  readonly microphone: boolean;
  readonly camera: boolean;
  readonly screen: boolean;
  readonly canShare: boolean;
  readonly canSwitch: boolean;
  /** Why the last thing that was asked for did not happen; empty when it did. */
  readonly problem: string;
  readonly toggle: (what: Device) => void;
  readonly share: () => void;
  readonly switchCamera: () => void;
  readonly type: (text: string) => void;
}

/** Everything the visitor can do in a call. */
export function useControls(room: Room): Controls {
  const { isMicrophoneEnabled, isCameraEnabled, isScreenShareEnabled, localParticipant } =
    useLocalParticipant({ room });
  const [problem, setProblem] = useState('');
  const cameras = useCameras();

  const attempt = useCallback((work: Promise<unknown>, words: (name: string) => string) => {
    setProblem('');
    work.catch((error: unknown) => {
      setProblem(words(error instanceof Error ? error.name : ''));
    });
  }, []);

  const toggle = useCallback(
    (what: Device) => {
      const work =
        what === 'camera'
          ? localParticipant.setCameraEnabled(!isCameraEnabled)
          : localParticipant.setMicrophoneEnabled(!isMicrophoneEnabled);
      attempt(work, (name) => deviceInWords(what, name));
    },
    [attempt, localParticipant, isCameraEnabled, isMicrophoneEnabled],
  );

  const share = useCallback(() => {
    const work = localParticipant.setScreenShareEnabled(!isScreenShareEnabled);
    // Closing the browser's question is an answer, not a failure.
    attempt(work, (name) => (name === 'NotAllowedError' ? '' : 'The screen could not be shared.'));
  }, [attempt, localParticipant, isScreenShareEnabled]);

  const switchCamera = useCallback(() => {
    const now = cameras.indexOf(room.getActiveDevice('videoinput') ?? '');
    const next = cameras[(now + 1) % cameras.length];
    if (next === undefined) return;
    attempt(room.switchActiveDevice('videoinput', next), (name) => deviceInWords('camera', name));
  }, [attempt, cameras, room]);

  const type = useCallback(
    (text: string) => {
      const work = localParticipant.sendText(text.slice(0, MAX_TYPED), { topic: CHAT_TOPIC });
      attempt(work, () => 'What you typed did not arrive. Send it again.');
    },
    [attempt, localParticipant],
  );

  return {
    microphone: isMicrophoneEnabled,
    camera: isCameraEnabled,
    screen: isScreenShareEnabled,
    canShare: 'getDisplayMedia' in navigator.mediaDevices,
    canSwitch: isCameraEnabled && cameras.length > 1,
    problem,
    toggle,
    share,
    switchCamera,
    type,
  };
}

function useCameras(): readonly string[] {
  const [cameras, setCameras] = useState<readonly string[]>([]);
  useEffect(() => {
    let here = true;
    const look = (): void => {
      void navigator.mediaDevices.enumerateDevices().then((devices) => {
        const found = devices.filter((one) => one.kind === 'videoinput' && one.deviceId !== '');
        if (here) setCameras(found.map((one) => one.deviceId));
      });
    };
    look();
    navigator.mediaDevices.addEventListener('devicechange', look);
    return () => {
      here = false;
      navigator.mediaDevices.removeEventListener('devicechange', look);
    };
  }, []);
  return cameras;
}
