/** Words for people: states, reasons and failures. */

import type { Vision } from './message';

export type Connection = 'connecting' | 'connected' | 'reconnecting' | 'ended';

export interface Situation {
  readonly connection: Connection;
  /** Whether there is an agent in the room; `lost`: it is gone, and none has come in its place. */
  readonly agent: 'awaited' | 'late' | 'here' | 'gone' | 'lost';
  readonly state: string | undefined;
  /** Name of the tool that is at work, if one is. */
  readonly tool: string | undefined;
}

const STATES: Readonly<Record<string, string>> = {
  initializing: 'Getting ready',
  idle: 'Ready',
  listening: 'Listening',
  thinking: 'Thinking',
  speaking: 'Speaking',
};

/** Say in one or two words, or a short sentence, how the call stands. */
export function stateInWords({ connection, agent, state, tool }: Situation): string {
  if (connection === 'connecting') return 'Connecting';
  if (connection === 'reconnecting') return 'Connection lost. Getting it back';
  if (connection === 'ended') return 'The call has ended';
  if (agent === 'late') return 'No agent has come yet. Is the worker running?';
  if (agent === 'gone') return 'The agent has left. Waiting for the next one';
  if (agent === 'lost') return 'The agent has left and no other has come. Please call again';
  if (agent === 'awaited') return 'Waiting for the agent';
  if (tool !== undefined) return `At work: ${toolInWords(tool)}`;
  return STATES[state ?? 'initializing'] ?? 'Here';
}

/** Say why nobody reads what is typed; empty where the agent does. */
export function unreadInWords(agent: Situation['agent'], elsewhere: boolean): string {
  if (agent !== 'here') return 'The agent is not here to read this';
  return elsewhere ? 'The agent reads what somebody else types' : '';
}

const BLIND: Readonly<Record<string, string>> = {
  no_camera: 'no camera or screen is shared',
  off: 'the camera is off',
  covered: 'the lens is covered, or it is dark',
  frozen: 'the picture is frozen',
  test_card: 'the camera shows a test picture',
  too_slow: 'no picture has come for some seconds',
  paused: 'its eyes are switched off',
};

const SOURCES: Readonly<Record<string, string>> = {
  camera: 'your camera',
  screen: 'your screen',
  'screen+camera': 'your screen and camera',
};

const SOURCES_OF_OTHERS: typeof SOURCES = {
  camera: 'the camera of another visitor',
  screen: 'the screen of another visitor',
  'screen+camera': 'the screen and camera of another visitor',
};

/** Say what the agent sees, or why it sees nothing; empty while nothing is known. `mine`: of whom it is told. */
export function sightInWords(vision: Vision | undefined, mine = true): string {
  if (vision === undefined) return '';
  if (vision.status === 'blind') return `Cannot see: ${BLIND[vision.reason] ?? 'no picture'}`;
  const sources = mine ? SOURCES : SOURCES_OF_OTHERS;
  return `Sees ${sources[vision.source] ?? 'a picture'}`;
}

/** Say what a tool is, from the name it has in code. */
export function toolInWords(name: string): string {
  const words = name.replaceAll(/[_-]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export type Device = 'camera' | 'microphone';
type Devices = Device | 'camera and microphone';

/** Say why a device cannot be used and what would help. `name` is that of the browser's error. */
export function deviceInWords(device: Devices, name: string): string {
  switch (name) {
    case 'InsecureContext':
      return 'Browsers give cameras and microphones to secure pages only. Open this page by https, or at localhost.';
    case 'NotAllowedError':
    case 'SecurityError':
      return `The browser may not use your ${device}. Allow it beside the address of this page, then try again.`;
    case 'NotFoundError':
    case 'OverconstrainedError':
      return `No ${device.replace('and', 'or')} was found. Plug one in, then try again.`;
    case 'NotReadableError':
    case 'AbortError':
      return `Another program may be using your ${device}. Close it, then try again.`;
    default:
      return `Your ${device} could not be started.`;
  }
}

/** Say why the server gave no token. `status` is that of HTTP; 0 for no answer. `coded`: a code was shown. */
export function refusalInWords(status: number, coded = false): string {
  if (status === 401 && coded) return 'That code was not right.';
  if (status === 401) return 'This call needs an access code.';
  if (status === 429) return 'Too many calls were begun. Wait a minute, then try again.';
  if (status === 0) return 'The server of this page does not answer.';
  return 'The server refused the call.';
}
