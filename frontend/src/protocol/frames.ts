/** The pictures the model was sent, on `sightline.frame`: what their streams say of them. */

import { isText } from './fields';

export const FRAME_TOPIC = 'sightline.frame';
/** Bytes of the largest picture that is shown; the worker's are below a tenth of it. */
export const MAX_FRAME = 2 * 1024 * 1024;

export interface FrameHead {
  /** `camera`, `screen`, both joined by `+`, or `card`. */
  readonly source: string;
  readonly reason: string;
}

interface Stream {
  readonly mimeType: string;
  readonly size?: number | undefined;
  readonly attributes?: Readonly<Record<string, string>> | undefined;
}

/** Read the head of a stream; undefined for what is no picture, or too large for one. */
export function parseFrame({ mimeType, size, attributes }: Stream): FrameHead | undefined {
  if (mimeType !== 'image/jpeg' || (size ?? 0) > MAX_FRAME) return undefined;
  const { source, reason } = attributes ?? {};
  return isText(source) && isText(reason) ? { source, reason } : undefined;
}

const REASONS: Readonly<Record<string, string>> = {
  source: 'the first picture',
  unmuted: 'the camera is on again',
  clear: 'there is something to see again',
  speech: 'while somebody spoke',
  turn: 'when somebody had spoken',
  question: 'for what was typed',
  look: 'for a closer look',
  reconnect: 'after a new connection',
  change: 'because something changed',
  repeat: 'because nothing changed for long',
  steady: 'at a steady pace',
};

const SOURCES: Readonly<Record<string, string>> = {
  camera: 'Camera',
  screen: 'Screen',
  'screen+camera': 'Screen and camera',
  'camera+screen': 'Camera and screen',
  card: 'A card: nothing can be seen',
};

/** Say what a picture shows and why it was sent. */
export function frameInWords({ source, reason }: FrameHead): string {
  const what = SOURCES[source] ?? 'Picture';
  const why = source === 'card' ? undefined : REASONS[reason];
  return why === undefined ? what : `${what}, ${why}`;
}
