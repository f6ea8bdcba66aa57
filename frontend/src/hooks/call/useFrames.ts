import { type ByteStreamReader, ParticipantKind, type Room } from 'livekit-client';
import { useEffect, useState } from 'react';
import { METHOD } from '../../protocol/control';
import { FRAME_TOPIC, type FrameHead, MAX_FRAME, parseFrame } from '../../protocol/frames';
import type { Ask } from './useAsk';

export interface Frame extends FrameHead {
  /** Of the picture, good for as long as it is in the list. */
  readonly address: string;
  /** Milliseconds of the page's own clock. */
  readonly came: number;
}

/** Pictures kept: the newest, and those before it. */
const KEPT = 6;
/** Milliseconds after which the agent is asked again; it shows pictures for 30 s. */
const RENEWED = 20_000;

/** While somebody looks on: the pictures that the model is sent, the newest first. */
export function useFrames(room: Room, ask: Ask): readonly Frame[] {
  const [frames, setFrames] = useState<readonly Frame[]>([]);

  useEffect(() => {
    const kept: Frame[] = [];
    const show = async (reader: ByteStreamReader, identity: string): Promise<void> => {
      const head = parseFrame(reader.info);
      // Any participant may send on this topic.
      if (!head || room.remoteParticipants.get(identity)?.kind !== ParticipantKind.AGENT) return;
      const parts = await reader.readAll();
      if (parts.reduce((sum, part) => sum + part.byteLength, 0) > MAX_FRAME) return;
      const picture = new Blob(parts as Uint8Array<ArrayBuffer>[], { type: 'image/jpeg' });
      kept.unshift({ ...head, address: URL.createObjectURL(picture), came: performance.now() });
      for (const old of kept.splice(KEPT)) URL.revokeObjectURL(old.address);
      setFrames([...kept]);
    };
    room.registerByteStreamHandler(FRAME_TOPIC, (reader, { identity }) => {
      // A picture that breaks off is one less.
      show(reader, identity).catch(() => undefined);
    });
    return () => {
      room.unregisterByteStreamHandler(FRAME_TOPIC);
      for (const { address } of kept) URL.revokeObjectURL(address);
    };
  }, [room]);

  useEffect(() => {
    const look = (on: boolean): void => {
      // An agent that is not there yet is asked again soon enough.
      ask(METHOD.frames, { on }).catch(() => undefined);
    };
    look(true);
    const timer = setInterval(look, RENEWED, true);
    return () => {
      clearInterval(timer);
      look(false);
    };
  }, [ask]);
  return frames;
}
