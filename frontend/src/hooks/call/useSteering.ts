import { RpcError } from 'livekit-client';
import { useCallback, useEffect, useRef, useState } from 'react';
import {
  METHOD,
  type Method,
  parseStatus,
  refusedInWords,
  type Status,
} from '../../protocol/control';
import type { Fields } from '../../protocol/fields';
import type { Attempt } from '../useAttempt';
import type { Ask } from './useAsk';

export interface Steering {
  /** Undefined until the agent has said how the call stands. */
  readonly status: Status | undefined;
  readonly look: (on: boolean) => void;
  readonly interrupt: () => void;
  readonly become: (persona: string) => void;
  readonly speakAs: (voice: string) => void;
  readonly setPushToTalk: (on: boolean) => void;
  /** Push-to-talk: the visitor begins, or has ended, to speak. */
  readonly talk: (begins: boolean) => void;
}

/** Milliseconds between questions to an agent that does not answer yet. */
const AGAIN = 1500;

/** Everything the visitor can have the agent do. */
export function useSteering(ask: Ask, attempt: Attempt['attempt']): Steering {
  const [status, setStatus] = useStatus(ask);
  // One after the other: the end of a turn must not overtake its beginning.
  const last = useRef<Promise<unknown>>(Promise.resolve());

  const steer = useCallback(
    (method: Method, request: Fields, change: Partial<Status> = {}) => {
      const work = last.current.then(() => ask(method, request));
      last.current = work.catch(() => undefined);
      const done = work.then(() => {
        setStatus((now) => now && { ...now, ...change });
      });
      attempt(done, inWords);
    },
    [ask, attempt, setStatus],
  );

  return {
    status,
    look: (on) => {
      steer(METHOD.vision, { mode: on ? 'on' : 'off' }, { looks: on });
    },
    interrupt: useCallback(() => {
      steer(METHOD.interrupt, {});
    }, [steer]),
    become: (persona) => {
      steer(METHOD.persona, { name: persona }, { persona });
    },
    speakAs: (voice) => {
      steer(METHOD.voice, { name: voice }, { voice });
    },
    setPushToTalk: (on) => {
      steer(METHOD.pushToTalk, { action: on ? 'on' : 'off' }, { pushToTalk: on });
    },
    talk: useCallback(
      (begins) => {
        steer(METHOD.pushToTalk, { action: begins ? 'start' : 'end' });
      },
      [steer],
    ),
  };
}

function useStatus(ask: Ask) {
  const [status, setStatus] = useState<Status>();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let here = true;
    const inquire = async (): Promise<void> => {
      const answer = await ask(METHOD.status).catch(() => undefined);
      if (!here) return;
      const found = answer && parseStatus(answer);
      if (found) setStatus(found);
      else timer = setTimeout(() => void inquire(), AGAIN);
    };
    void inquire();
    return () => {
      here = false;
      clearTimeout(timer);
      setStatus(undefined);
    };
  }, [ask]);
  return [status, setStatus] as const;
}

function inWords(error: Error): string {
  return refusedInWords(error instanceof RpcError ? error.code : undefined, error.message);
}
