import { RoomAudioRenderer, RoomContext } from '@livekit/components-react';
import { useEffect, useRef } from 'react';
import { useAgent } from '../../hooks/call/useAgent';
import { type Ticket, useCall } from '../../hooks/call/useCall';
import { useTalk } from '../../hooks/call/useTalk';
import type { Talk } from '../../protocol/talk';
import { sightInWords, stateInWords } from '../../protocol/wording';
import { Transcript } from '../Transcript';
import { Captions } from './Captions';
import { ControlBar } from './ControlBar';
import { Cost } from './Cost';
import { SightLine } from './SightLine';
import { SoundGate } from './SoundGate';
import { Stage } from './Stage';

interface CallScreenProps {
  readonly ticket: Ticket;
  readonly onEnd: (talk: Talk, ending: string) => void;
}

/** The call itself. */
export function CallScreen({ ticket, onEnd }: CallScreenProps) {
  const { room, connection, ending } = useCall(ticket);
  const talk = useTalk(room);
  const end = useRef(onEnd);
  const last = useRef(talk);
  useEffect(() => {
    end.current = onEnd;
    last.current = talk;
  });
  useEffect(() => {
    if (connection === 'ended') end.current(last.current, ending);
  }, [connection, ending]);

  return (
    <RoomContext.Provider value={room}>
      <main className="call">
        <View talk={talk} connection={connection} />
        <aside className="call-side" aria-label="Conversation">
          {talk.lines.length > 0 ? (
            <Transcript lines={talk.lines} />
          ) : (
            <p className="call-empty">What is said will stand here.</p>
          )}
          <Cost usage={talk.usage} />
        </aside>
        <ControlBar room={room} onEnd={() => void room.disconnect()} />
      </main>
      <RoomAudioRenderer />
    </RoomContext.Provider>
  );
}

interface ViewProps {
  readonly talk: Talk;
  readonly connection: ReturnType<typeof useCall>['connection'];
}

function View({ talk, connection }: ViewProps) {
  const agent = useAgent(connection === 'connected');
  const state = talk.state ?? agent.state;
  const words = stateInWords({ connection, agent: agent.presence, state });
  const sight = agent.presence === 'here' ? sightInWords(talk.vision) : '';
  const mood = connection === 'connected' && agent.presence === 'here' ? state : 'away';
  return (
    <section className="call-view" aria-label="Call">
      <Stage />
      <p className="call-state" role="status" data-mood={mood}>
        {words}
      </p>
      {sight && (
        <p className="call-sight" role="status" data-blind={talk.vision?.status === 'blind'}>
          {sight}
        </p>
      )}
      <SoundGate />
      <div className="call-foot">
        <Captions talk={talk} />
        <SightLine voice={agent.voice} mood={mood ?? 'initializing'} />
      </div>
    </section>
  );
}
