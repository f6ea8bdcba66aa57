import { type Room, RoomEvent, RpcError } from 'livekit-client';
import { type Dispatch, useEffect, useRef } from 'react';
import { METHOD, NOT_SERVED, parseHistory } from '../../protocol/control';
import { type Count, hasGap, UNHEARD } from '../../protocol/gaps';
import type { Message } from '../../protocol/message';
import type { Event } from '../../protocol/talk';
import type { Ask } from './useAsk';

/** Milliseconds between questions to an agent that does not answer yet, and how many there are. */
const AGAIN = 1500;
const ATTEMPTS = 8;
/** Milliseconds after a gap was noticed: under load there are more than one. */
const SETTLED = 1000;

export interface Teller {
  readonly identity: string | undefined;
  readonly ask: Ask;
  /** Whether it tells its history to somebody else alone, for now. */
  readonly refused: boolean;
  /** Which of its messages have come. */
  readonly count: Count | undefined;
}

/** Bring back what was said before this page was there, while its connection was lost, or in a gap. */
export function useHistory(room: Room, agent: Teller, tell: Dispatch<Event>): void {
  const { identity, ask, refused, count = UNHEARD } = agent;
  const known = useRef(count);
  const recall = useRef<() => void>(undefined);
  useEffect(() => {
    known.current = count;
  });

  useEffect(() => {
    if (identity === undefined || refused) return undefined;
    const left = new AbortController();
    let reading = false;
    const again = async (): Promise<void> => {
      if (reading) return;
      const gone = (): boolean => left.signal.aborted;
      reading = true;
      for (let attempt = 0; !gone() && attempt < ATTEMPTS; attempt += 1) {
        const read = readAll(ask, known.current.whole, left.signal);
        const found = await read.catch((error: unknown) => isRefusal(error) && 'refused');
        if (gone() || found === 'refused') break;
        if (found) {
          tell({ kind: 'history', sender: identity, ...found });
          break;
        }
        await new Promise((resolve) => setTimeout(resolve, AGAIN));
      }
      reading = false;
    };
    recall.current = () => void again();
    recall.current();
    room.on(RoomEvent.Reconnected, recall.current);
    const { current } = recall;
    return () => {
      left.abort();
      recall.current = undefined;
      room.off(RoomEvent.Reconnected, current);
    };
  }, [room, identity, ask, refused, tell]);

  const gap = hasGap(count);
  useEffect(() => {
    if (!gap) return undefined;
    const timer = setTimeout(() => recall.current?.(), SETTLED);
    return () => {
      clearTimeout(timer);
    };
  }, [gap, count.whole]);
}

/** All that is newer than `since`, page by page; false where an answer cannot be read. */
async function readAll(
  ask: Ask,
  since: number,
  signal: AbortSignal,
): Promise<{ messages: readonly Message[]; seq: number } | false> {
  const messages: Message[] = [];
  let seq: number | undefined;
  for (let after = 0; !signal.aborted;) {
    const page = parseHistory(await ask(METHOD.history, { after, since }));
    if (!page) return false;
    messages.push(...page.messages);
    // What came between the pages comes by itself too.
    seq ??= page.seq;
    if (page.next <= after) return { messages, seq };
    after = page.next;
  }
  return false;
}

/** The agent tells its history to whom it serves: asking again would not help. */
function isRefusal(error: unknown): boolean {
  return error instanceof RpcError && error.code === NOT_SERVED;
}
