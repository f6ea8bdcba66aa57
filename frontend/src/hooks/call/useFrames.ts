import { type ByteStreamReader, ParticipantKind, type Room, RpcError } from 'livekit-client';
import { useEffect, useState } from 'react';
import { METHOD, refusedInWords } from '../../protocol/control';
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

interface Frames {
  /** The newest first. */
  readonly frames: readonly Frame[];
  /** Why the agent shows none; empty: it does, or is not there yet. */
  readonly refused: string;
}

/** While somebody looks on: the pictures that the model is sent. */
export function useFrames(room: Room, ask: Ask): Frames {
  const [refused, setRefused] = useState('');
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
    let here = true;
    const look = (on: boolean): void => {
      // An agent that is not there yet is asked again soon enough.
      ask(METHOD.frames, { on }).then(
        () => {
          if (here) setRefused('');
        },
        (error: unknown) => {
          if (here) setRefused(error instanceof RpcError ? inWords(error) : '');
        },
      );
    };
    look(true);
    const timer = setInterval(look, RENEWED, true);
    return () => {
      here = false;
      clearInterval(timer);
      look(false);
    };
  }, [ask]);
  return { frames, refused };
}

/** The agent's own reasons; that it did not answer the page says elsewhere. */
function inWords({ code, message }: RpcError): string {
  return code >= 4400 && code < 4500 ? refusedInWords(code, message) : '';
}
