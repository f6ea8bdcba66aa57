/** What the page asks of the agent by RPC, and what it is answered: docs/protocol.md. */

import { type Fields, isFlag, isListOf, isNumber, isObject, isText } from './fields';
import { type Message, messageOf } from './message';

export const METHOD = {
  status: 'sightline.status',
  history: 'sightline.history',
  vision: 'sightline.vision',
  frames: 'sightline.frames',
  persona: 'sightline.persona',
  voice: 'sightline.voice',
  interrupt: 'sightline.interrupt',
  pushToTalk: 'sightline.push_to_talk',
} as const;

export type Method = (typeof METHOD)[keyof typeof METHOD];

/** How the call stands, as far as the page shows it. */
export interface Status {
  /** Identity of the participant who may steer. */
  readonly served: string;
  readonly persona: string;
  readonly personas: readonly string[];
  readonly voice: string;
  readonly voices: readonly string[];
  /** Whether the agent's eyes are open. */
  readonly looks: boolean;
  readonly pushToTalk: boolean;
  /** Seconds since the call began, when this was answered. */
  readonly seconds: number;
}

export function parseStatus(answer: Fields): Status | undefined {
  const { served, persona, personas, voice, voices, vision, push_to_talk, seconds } = answer;
  if (!isText(served) || !isText(persona) || !isText(voice) || !isNumber(seconds)) return undefined;
  if (!isListOf(personas, isText) || !isListOf(voices, isText)) return undefined;
  if (!isObject(vision) || !isFlag(vision['on'])) return undefined;
  if (!isObject(push_to_talk) || !isFlag(push_to_talk['on'])) return undefined;
  const looks = vision['on'];
  const pushToTalk = push_to_talk['on'];
  return { served, persona, personas, voice, voices, looks, pushToTalk, seconds };
}

/** What the agent's answer to a call says of how the call stands now. */
export function changesBy(method: Method, answer: Fields): Partial<Status> {
  const { name, voice, on } = answer;
  switch (method) {
    case METHOD.persona:
      return { ...(isText(name) && { persona: name }), ...(isText(voice) && { voice }) };
    case METHOD.voice:
      return isText(name) ? { voice: name } : {};
    case METHOD.vision:
      return isFlag(on) ? { looks: on } : {};
    case METHOD.pushToTalk:
      return isFlag(on) ? { pushToTalk: on } : {};
    default:
      return {};
  }
}

interface Page {
  readonly messages: readonly Message[];
  /** What to ask for as `after`; 0: this was the last page. */
  readonly next: number;
  /** That of the newest message. */
  readonly seq: number;
}

export function parseHistory({ messages, next, seq }: Fields): Page | undefined {
  if (!Array.isArray(messages) || !isNumber(next) || !isNumber(seq)) return undefined;
  const read = messages.map((one: unknown) => (isObject(one) ? messageOf(one) : undefined));
  return { messages: read.filter((one) => one !== undefined), next, seq };
}

/** Code of a refusal to whoever is not served; that may change when others leave. */
export const NOT_SERVED = 4403;

/** Code of a refusal of what cannot be now; a switched button comes about at the next pause. */
export const NOT_NOW = 4409;

/** Say why the agent did not do what it was asked. `code` is that of the `RpcError`. */
export function refusedInWords(code: number | undefined, sentence: string): string {
  // The agent's own sentences are for people; LiveKit's are not.
  if (code !== undefined && code >= 4400 && code < 4500 && sentence !== '') {
    return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}`.replace(/([^.!?])$/, '$1.');
  }
  if (code === 1400) return 'This agent cannot do that.';
  return 'The agent did not answer. Try again in a moment.';
}
