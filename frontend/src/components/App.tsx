import { lazy, Suspense, useState } from 'react';
import type { Ticket } from '../hooks/call/useCall';
import type { Talk } from '../protocol/talk';
import { After } from './After';
import { Join } from './Join';

const loadCall = () => import('./call/CallScreen');
const CallScreen = lazy(async () => ({ default: (await loadCall()).CallScreen }));

type Stage =
  | { readonly at: 'join' }
  | { readonly at: 'call'; readonly ticket: Ticket }
  | { readonly at: 'after'; readonly talk: Talk; readonly ending: string };

/** The page: before, during and after a call. */
export function App() {
  const [stage, setStage] = useState<Stage>({ at: 'join' });
  switch (stage.at) {
    case 'join':
      return (
        <Join
          // LiveKit's code comes while the visitor looks at the preview.
          onReady={() => void loadCall()}
          onJoin={(ticket) => {
            setStage({ at: 'call', ticket });
          }}
        />
      );
    case 'call':
      return (
        <Suspense fallback={<p className="loading">Loading …</p>}>
          <CallScreen
            ticket={stage.ticket}
            onEnd={(talk, ending) => {
              setStage({ at: 'after', talk, ending });
            }}
          />
        </Suspense>
      );
    case 'after':
      return (
        <After
          lines={stage.talk.lines}
          usage={stage.talk.usage}
          ending={stage.ending}
          onAgain={() => {
            setStage({ at: 'join' });
          }}
        />
      );
  }
}
