import { lazy, Suspense, useCallback, useState } from 'react';
import type { Ticket } from '../hooks/call/useCall';
import { keptSeat, leaveSeat, type Seat } from '../hooks/seat';
import { useLetGo } from '../hooks/useLetGo';
import type { Talk } from '../protocol/talk';
import { After } from './After';
import { Join } from './Join';
import { Return } from './Return';

const loadCall = () => import('./call/CallScreen');
const CallScreen = lazy(async () => ({ default: (await loadCall()).CallScreen }));

type Stage =
  | { readonly at: 'return'; readonly seat: Seat }
  | { readonly at: 'join'; readonly instead: boolean }
  | { readonly at: 'call'; readonly ticket: Ticket }
  | { readonly at: 'after'; readonly talk: Talk; readonly ending: string };

/** The page: before, during and after a call. */
export function App() {
  const [stage, setStage] = useState<Stage>(begin);
  const join = useCallback((ticket: Ticket) => {
    setStage({ at: 'call', ticket });
  }, []);
  const prepare = useCallback(() => {
    leaveSeat();
    setStage({ at: 'join', instead: true });
  }, []);
  useLetGo(stage.at === 'call' ? stage.ticket : undefined);
  switch (stage.at) {
    case 'return':
      return <Return seat={stage.seat} onJoin={join} onStay={prepare} />;
    case 'join':
      // LiveKit's code comes while the visitor looks at the preview.
      return <Join instead={stage.instead} onReady={load} onJoin={join} />;
    case 'call':
      return (
        <Suspense fallback={<p className="loading">Loading …</p>}>
          <CallScreen
            ticket={stage.ticket}
            onEnd={(talk, ending) => {
              leaveSeat();
              setStage({ at: 'after', talk, ending });
            }}
          />
        </Suspense>
      );
    case 'after':
      return <After talk={stage.talk} ending={stage.ending} onAgain={prepare} />;
  }
}

function begin(): Stage {
  const seat = keptSeat();
  return seat ? { at: 'return', seat } : { at: 'join', instead: false };
}

function load(): void {
  void loadCall();
}
