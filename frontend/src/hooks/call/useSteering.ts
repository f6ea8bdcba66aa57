import { RpcError } from 'livekit-client';
import { useCallback, useEffect, useRef, useState } from 'react';
import {
  changesBy,
  METHOD,
  NOT_NOW,
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
/** Questions, `AGAIN` apart, whether push-to-talk is by now what it was to be at the next pause. */
const PAUSES = 40;

interface Manner {
  /** What has to be done before. */
  readonly after?: Promise<unknown>;
  /** What push-to-talk is to be. */
  readonly wanted?: boolean;
}

/**
 * Everything the visitor can have the agent do.
 *
 * `news` is another one whenever the call may stand otherwise than before, whoever did that.
 */
export function useSteering(ask: Ask, attempt: Attempt['attempt'], news = ''): Steering {
  const { status, refused, learn, review } = useStatus(ask, news);
  // One after the other: the end of a turn must not overtake its beginning.
  const button = useRef<Promise<unknown>>(Promise.resolve());

  const steer = useCallback(
    (method: Method, request: Fields, { after, wanted }: Manner = {}): Promise<void> => {
      const work = after ? after.then(() => ask(method, request)) : ask(method, request);
      const done = work.then((answer) => {
        learn(changesBy(method, answer));
      });
      done.catch((error: unknown) => {
        review(error instanceof RpcError && error.code === NOT_NOW ? wanted : undefined);
      });
      attempt(done, inWords);
      return done;
    },
    [ask, attempt, learn, review],
  );
  const press = useCallback(
    (action: 'on' | 'off' | 'start' | 'end', wanted?: boolean) => {
      const manner = { after: button.current, ...(wanted !== undefined && { wanted }) };
      button.current = steer(METHOD.pushToTalk, { action }, manner).catch(() => undefined);
    },
    [steer],
  );

  return {
    status,
    refused,
    look: (on) => void steer(METHOD.vision, { mode: on ? 'on' : 'off' }),
    interrupt: useCallback(() => void steer(METHOD.interrupt, {}), [steer]),
    become: (persona) => void steer(METHOD.persona, { name: persona }),
    speakAs: (voice) => void steer(METHOD.voice, { name: voice }),
    setPushToTalk: (on) => {
      press(on ? 'on' : 'off', on);
    },
    talk: useCallback(
      (begins) => {
        press(begins ? 'start' : 'end');
      },
      [press],
    ),
  };
}

/** How the call stands: asked at first, after news and refusals, and learnt from answers. */
function useStatus(ask: Ask, news: string) {
  const [status, setStatus] = useState<Status>();
  const [refused, setRefused] = useState(false);
  const [reviews, setReviews] = useState(0);
  const learnt = useRef(0);
  const wanted = useRef<boolean>(undefined);

  const learn = useCallback((changes: Partial<Status>) => {
    learnt.current += 1;
    if (changes.pushToTalk !== undefined) wanted.current = undefined;
    setStatus((now) => now && { ...now, ...changes });
  }, []);
  const review = useCallback((pushToTalk: boolean | undefined) => {
    wanted.current = pushToTalk ?? wanted.current;
    setReviews((count) => count + 1);
  }, []);

  useEffect(
    () => () => {
      setStatus(undefined);
    },
    [ask],
  );
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let here = true;
    let asked = 0;
    const inquire = async (): Promise<void> => {
      const known = learnt.current;
      const answer = await ask(METHOD.status).catch((error: unknown) => error);
      if (!here) return;
      const found = isObject(answer) ? parseStatus(answer) : undefined;
      const elsewhere = answer instanceof RpcError && answer.code === NOT_SERVED;
      // Something was changed while this was answered: it may be of before or after.
      const stale = known !== learnt.current;
      setRefused(elsewhere);
      if (found && !stale) setStatus(found);
      asked += 1;
      const waits = wanted.current !== undefined && found?.pushToTalk !== wanted.current;
      if (!waits || asked >= PAUSES) wanted.current = undefined;
      if (found && !stale && wanted.current === undefined) return;
      timer = setTimeout(() => void inquire(), elsewhere ? LATER : AGAIN);
    };
    void inquire();
    return () => {
      here = false;
      clearTimeout(timer);
    };
  }, [ask, news, reviews]);
  return { status, refused, learn, review };
}

function inWords(error: Error): string {
  return refusedInWords(error instanceof RpcError ? error.code : undefined, error.message);
}
