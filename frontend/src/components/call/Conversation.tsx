import { RoomAudioRenderer, RoomContext } from '@livekit/components-react';
import type { Room } from 'livekit-client';
import { useEffect, useState } from 'react';
import { useAgent } from '../../hooks/call/useAgent';
import { useAsk } from '../../hooks/call/useAsk';
import type { Ticket } from '../../hooks/call/useCall';
import { useDevices } from '../../hooks/call/useDevices';
import { useHistory } from '../../hooks/call/useHistory';
import { useSeat } from '../../hooks/call/useSeat';
import { useSteering } from '../../hooks/call/useSteering';
import { useTalk } from '../../hooks/call/useTalk';
import { useAttempt } from '../../hooks/useAttempt';
import { useStored } from '../../hooks/useStored';
import { billOf } from '../../protocol/bill';
import { newestNotice, type Talk } from '../../protocol/talk';
import { type Connection, unreadInWords } from '../../protocol/wording';
import { Transcript } from '../Transcript';
import { ControlBar } from './ControlBar';
import { Cost } from './Cost';
import { Frames } from './Frames';
import { Settings } from './Settings';
import { View } from './View';

interface ConversationProps {
  readonly ticket: Ticket;
  readonly room: Room;
  readonly connection: Connection;
  /** Told of the talk each time it has changed. */
  readonly onTalk: (talk: Talk) => void;
}

/** Everything there is to see and do in a room. */
export function Conversation({ ticket, room, connection, onTalk }: ConversationProps) {
  const agent = useAgent(room, connection === 'connected');
  const ask = useAsk(room, agent.identity);
  const [talk, tell] = useTalk(room);
  const { problem, attempt } = useAttempt(agent.identity, newestNotice(talk));
  const devices = useDevices(room, attempt);
  const steering = useSteering(ask, attempt, newestNotice(talk));
  const { identity } = agent;
  const count = identity === undefined ? undefined : talk.counts[identity];
  useHistory(room, { identity, ask, refused: steering.refused, count }, tell);
  const { status } = steering;
  const served = status ? status.served === room.localParticipant.identity : !steering.refused;
  useSeat(room, connection === 'connected', ticket, devices);
  const [mirror, setMirror] = useStored('sightline.mirror');
  const [looksOn, setLooksOn] = useState(false);
  const [choosing, setChoosing] = useState(false);
  useEffect(() => {
    onTalk(talk);
  }, [talk, onTalk]);

  return (
    <RoomContext.Provider value={room}>
      <main className="call">
        <View
          talk={talk}
          connection={connection}
          agent={agent}
          served={served}
          mirrored={mirror === 'on'}
          looksOn={looksOn}
          onLookOn={setLooksOn}
        />
        <aside className="call-side" aria-label="Conversation">
          {looksOn && <Frames room={room} ask={ask} />}
          <Transcript lines={talk.lines} people={talk.people} />
          <Cost bill={billOf(talk.usages)} since={status?.seconds} />
        </aside>
        <ControlBar
          devices={devices}
          steering={steering}
          speaking={(talk.state?.state ?? agent.state) === 'speaking'}
          unread={unreadInWords(agent.presence, steering.refused)}
          problem={problem}
          onChoose={() => {
            setChoosing(true);
          }}
          onEnd={() => void room.disconnect()}
        />
      </main>
      {choosing && (
        <Settings
          devices={devices}
          steering={steering}
          mirrored={mirror === 'on'}
          onMirror={(on) => {
            setMirror(on ? 'on' : 'off');
          }}
          onClose={() => {
            setChoosing(false);
          }}
        />
      )}
      <RoomAudioRenderer />
    </RoomContext.Provider>
  );
}
