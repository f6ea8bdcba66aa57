/** The messages on `sightline.events`, as docs/protocol.md describes them. */

import {
  decode,
  type Fields,
  isFlag,
  isFraction,
  isListOf,
  isNumber,
  isObject,
  isOneOf,
  isText,
  readObject,
} from './fields';

export const TOPIC = 'sightline.events';
export const CHAT_TOPIC = 'lk.chat';
export const MAX_TYPED = 4000;
const VERSION = 1;
const MAX_BYTES = 15 * 1024;

interface Head {
  readonly id: string;
  readonly seq: number;
  /** Unix seconds. */
  readonly at: number;
}

export interface Transcript extends Head {
  readonly type: 'transcript';
  readonly who: 'user' | 'agent';
  readonly identity: string;
  readonly text: string;
  readonly final: boolean;
  readonly interrupted: boolean;
}

export interface Tool extends Head {
  readonly type: 'tool';
  readonly name: string;
  readonly status: 'running' | 'done' | 'failed' | 'cancelled';
  readonly summary: string;
}

export interface Code extends Head {
  readonly type: 'code';
  readonly language: string;
  readonly code: string;
  readonly status: Tool['status'];
  /** What it printed, or why it failed. */
  readonly output: string;
}

export interface Link {
  readonly title: string;
  /** Begins with `http://` or `https://`. */
  readonly url: string;
}

export interface Sources extends Head {
  readonly type: 'sources';
  /** The `id` of the transcript that is based on them; empty: nothing was said. */
  readonly line: string;
  /** What was searched for. */
  readonly queries: readonly string[];
  readonly links: readonly Link[];
}

export interface Vision extends Head {
  readonly type: 'vision';
  readonly status: 'sent' | 'blind';
  readonly reason: string;
  readonly source: string;
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
}

export interface Mark extends Head {
  readonly type: 'vision.mark';
  readonly label: string;
  readonly identity: string;
  /** Of the video track that it lies on. */
  readonly sid: string;
  readonly source: string;
  /** Like the other three in fractions of the upright video from its top left. */
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface AgentState extends Head {
  readonly type: 'state';
  readonly state: string;
}

export interface Notice extends Head {
  readonly type: 'notice';
  readonly level: 'info' | 'warning' | 'error';
  readonly text: string;
}

const USAGE_FIELDS = [
  ...(['turn', 'text_in', 'audio_in', 'image_in', 'video_in', 'text_out', 'audio_out'] as const),
  ...(['thoughts', 'usd', 'call_text_in', 'call_audio_in', 'call_image_in'] as const),
  ...(['call_video_in', 'call_text_out', 'call_audio_out', 'call_thoughts', 'call_usd'] as const),
  ...(['searches', 'call_searches', 'latency', 'own_latency'] as const),
];

export interface Usage extends Head, Readonly<Record<(typeof USAGE_FIELDS)[number], number>> {
  readonly type: 'usage';
}

export type Message =
  Transcript | Tool | Code | Sources | Vision | Mark | AgentState | Notice | Usage;

/** Read one data packet; undefined for what is no message of this version, or of an unknown type. */
export function parseMessage(packet: Uint8Array): Message | undefined {
  return parsePacket(packet)?.message;
}

/** The same with its `seq`: also what is of an unknown type is counted. */
export function parsePacket(
  packet: Uint8Array,
): { readonly seq: number; readonly message: Message | undefined } | undefined {
  if (packet.byteLength > MAX_BYTES) return undefined;
  const fields = readObject(decode(packet) ?? '');
  if (!fields || fields['v'] !== VERSION || !isNumber(fields['seq'])) return undefined;
  return { seq: fields['seq'], message: messageOf(fields) };
}

/** Read one message from the object it is written as. */
export function messageOf(fields: Fields): Message | undefined {
  const { v, id, seq, at, type } = fields;
  if (v !== VERSION || !isText(id) || !isNumber(seq) || !isNumber(at)) return undefined;
  const read = isText(type) && Object.hasOwn(READERS, type) ? READERS[type] : undefined;
  return read?.({ id, seq, at }, fields);
}

const STATUSES = ['running', 'done', 'failed', 'cancelled'] as const;

const READERS: Readonly<Record<string, (head: Head, fields: Fields) => Message | undefined>> = {
  transcript,
  tool,
  code,
  sources,
  vision,
  'vision.mark': mark,
  state,
  notice,
  usage,
};

function transcript(head: Head, fields: Fields): Transcript | undefined {
  const { who, identity, text, final, interrupted } = fields;
  if (!isOneOf(who, ['user', 'agent']) || !isText(identity) || !isText(text)) return undefined;
  if (!isFlag(final) || !isFlag(interrupted)) return undefined;
  return { ...head, type: 'transcript', who, identity, text, final, interrupted };
}

function tool(head: Head, fields: Fields): Tool | undefined {
  const { name, status, summary } = fields;
  if (!isText(name) || !isText(summary)) return undefined;
  if (!isOneOf(status, STATUSES)) return undefined;
  return { ...head, type: 'tool', name, status, summary };
}

function code(head: Head, { language, code, status, output }: Fields): Code | undefined {
  if (!isText(language) || !isText(code) || !isText(output)) return undefined;
  if (!isOneOf(status, STATUSES)) return undefined;
  return { ...head, type: 'code', language, code, status, output };
}

function sources(head: Head, { line, queries, links }: Fields): Sources | undefined {
  if (!isText(line) || !isListOf(queries, isText) || !isListOf(links, isLink)) return undefined;
  return { ...head, type: 'sources', line, queries, links };
}

function isLink(value: unknown): value is Link {
  if (!isObject(value) || !isText(value['title']) || !isText(value['url'])) return false;
  // An address becomes a link, and a link can be a program: `javascript:`.
  return /^https?:\/\//i.test(value['url']) && URL.canParse(value['url']);
}

function vision(head: Head, fields: Fields): Vision | undefined {
  const { status, reason, source, width, height, bytes } = fields;
  if (!isOneOf(status, ['sent', 'blind']) || !isText(reason) || !isText(source)) return undefined;
  if (!isNumber(width) || !isNumber(height) || !isNumber(bytes)) return undefined;
  return { ...head, type: 'vision', status, reason, source, width, height, bytes };
}

function mark(head: Head, fields: Fields): Mark | undefined {
  const { label, identity, sid, source, left, top, right, bottom } = fields;
  if (!isText(label) || !isText(identity) || !isText(sid) || !isText(source)) return undefined;
  if (!isFraction(left) || !isFraction(top)) return undefined;
  if (!isFraction(right) || !isFraction(bottom)) return undefined;
  return { ...head, type: 'vision.mark', label, identity, sid, source, left, top, right, bottom };
}

function state(head: Head, { state }: Fields): AgentState | undefined {
  return isText(state) ? { ...head, type: 'state', state } : undefined;
}

function notice(head: Head, fields: Fields): Notice | undefined {
  const { level, text } = fields;
  if (!isOneOf(level, ['info', 'warning', 'error']) || !isText(text)) return undefined;
  return { ...head, type: 'notice', level, text };
}

function usage(head: Head, fields: Fields): Usage | undefined {
  const counts: Partial<Record<(typeof USAGE_FIELDS)[number], number>> = {};
  for (const name of USAGE_FIELDS) {
    const value = fields[name];
    if (!isNumber(value)) return undefined;
    counts[name] = value;
  }
  return { ...head, type: 'usage', ...(counts as Required<typeof counts>) };
}
