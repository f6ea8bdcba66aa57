import { RpcError } from 'livekit-client';
import { useCallback, useEffect, useRef, useState } from 'react';
import {
  METHOD,
  NOT_SERVED,
  type Method,
  parseStatus,
  refusedInWords,
  type Status,
} from '../../protocol/control';
import { type Fields, isObject } from '../../protocol/fields';
import type { Attempt } from '../useAttempt';
import type { Ask } from './useAsk';

export interface Steering {
  /** Undefined until the agent has said how the call stands. */
  readonly status: Status | undefined;
  /** Whether the agent serves somebody else, who alone may steer it. */
  readonly refused: boolean;
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
/** The same where the agent serves somebody else. */
const LATER = 15_000;

/** Everything the visitor can have the agent do. */
export function useSteering(ask: Ask, attempt: Attempt['attempt']): Steering {
  const { status, setStatus, refused } = useStatus(ask);
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
    refused,
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
  const [refused, setRefused] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let here = true;
    const inquire = async (): Promise<void> => {
      const answer = await ask(METHOD.status).catch((error: unknown) => error);
      if (!here) return;
      const found = isObject(answer) ? parseStatus(answer) : undefined;
      const elsewhere = answer instanceof RpcError && answer.code === NOT_SERVED;
      setRefused(elsewhere);
      if (found) setStatus(found);
      else timer = setTimeout(() => void inquire(), elsewhere ? LATER : AGAIN);
    };
    void inquire();
    return () => {
      here = false;
      clearTimeout(timer);
      setStatus(undefined);
    };
  }, [ask]);
  return { status, setStatus, refused };
}

function inWords(error: Error): string {
  return refusedInWords(error instanceof RpcError ? error.code : undefined, error.message);
}
