import {
  ConnectionError,
  ConnectionErrorReason,
  DisconnectReason,
  LocalAudioTrack,
  LocalVideoTrack,
  Room,
  RoomEvent,
  Track,
} from 'livekit-client';
import { useEffect, useState } from 'react';
import type { Connection } from '../../protocol/wording';
import type { Admission } from '../admission';
import { readStored } from '../useStored';
import { useLeave } from './useLeave';

export interface Ticket {
  readonly admission: Admission;
  readonly name: string;
  /** Whom the visitor chose to talk with; empty: nobody in particular. */
  readonly persona: string;
  readonly camera: MediaStreamTrack | undefined;
  readonly microphone: MediaStreamTrack | undefined;
}

interface Call {
  readonly room: Room;
  readonly connection: Connection;
  /** Why it ended, in words; empty where it was the visitor's wish. */
  readonly ending: string;
}

const ENDINGS: Readonly<Partial<Record<DisconnectReason, string>>> = {
  [DisconnectReason.CLIENT_INITIATED]: '',
  [DisconnectReason.DUPLICATE_IDENTITY]: 'The call goes on in another window.',
  [DisconnectReason.PARTICIPANT_REMOVED]: 'You were taken out of the room.',
  [DisconnectReason.ROOM_DELETED]: 'The room was closed.',
  [DisconnectReason.SERVER_SHUTDOWN]: 'The server was shut down.',
};

/** Be in the room of a ticket, with its camera and microphone, until the component goes. */
export function useCall({ admission, camera, microphone }: Ticket): Call {
  const [room] = useState(() => {
    const speaker = readStored('sightline.speaker');
    return new Room({
      adaptiveStream: true,
      dynacast: true,
      // It would leave at the first sign of going, which may come to nothing: see useLeave.
      disconnectOnPageLeave: false,
      // Whoever joined without one may switch it on: then it is the one they chose before.
      videoCaptureDefaults: { deviceId: readStored('sightline.camera') || undefined },
      audioCaptureDefaults: { deviceId: readStored('sightline.microphone') || undefined },
      ...(speaker !== '' && { audioOutput: { deviceId: speaker } }),
    });
  });
  const [connection, setConnection] = useState<Connection>('connecting');
  const [ending, setEnding] = useState('');

  useEffect(() => {
    let here = true;
    room
      .on(RoomEvent.Reconnecting, () => {
        setConnection('reconnecting');
      })
      .on(RoomEvent.SignalReconnecting, () => {
        setConnection('reconnecting');
      })
      .on(RoomEvent.Reconnected, () => {
        setConnection('connected');
      })
      .on(RoomEvent.Disconnected, (reason) => {
        if (!here) return;
        setEnding(ENDINGS[reason ?? DisconnectReason.UNKNOWN_REASON] ?? 'The connection was lost.');
        setConnection('ended');
      });
    const enter = async (): Promise<void> => {
      // React's strict mode mounts twice; only the mount that stays may join.
      await Promise.resolve();
      if (!here) return;
      await room.connect(admission.url, admission.token);
      await publish(room, camera, microphone);
      setConnection('connected');
    };
    // A reload leaves the room too, before LiveKit says so: that is not the end of the call.
    const leave = (): void => {
      here = false;
    };
    window.addEventListener('pagehide', leave);
    enter().catch((error: unknown) => {
      if (!here) return;
      setEnding(refusalOf(error));
      setConnection('ended');
    });
    return () => {
      leave();
      window.removeEventListener('pagehide', leave);
      room.removeAllListeners();
      void room.disconnect();
    };
  }, [room, admission, camera, microphone]);
  useLeave(room);

  return { room, connection, ending };
}

/** Say why there is no way into the room. Nobody tries again but the visitor. */
function refusalOf(error: unknown): string {
  const refused =
    error instanceof ConnectionError && error.reason === ConnectionErrorReason.NotAllowed;
  return refused
    ? 'The room did not let you in: the permission for this call is not valid, or no longer.'
    : 'The room cannot be reached. Try again in a moment.';
}

async function publish(
  room: Room,
  camera: MediaStreamTrack | undefined,
  microphone: MediaStreamTrack | undefined,
): Promise<void> {
  const me = room.localParticipant;
  // The preview's own tracks, handed over: no second wait for the devices.
  const sent: Promise<unknown>[] = [];
  if (microphone) {
    const track = new LocalAudioTrack(microphone, microphone.getConstraints(), false);
    sent.push(me.publishTrack(track, { source: Track.Source.Microphone }));
  }
  if (camera) {
    const track = new LocalVideoTrack(camera, camera.getConstraints(), false);
    sent.push(me.publishTrack(track, { source: Track.Source.Camera }));
  }
  await Promise.all(sent);
}
