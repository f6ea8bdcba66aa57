import { useRemoteParticipants } from '@livekit/components-react';
import { ParticipantKind, type Room, RoomEvent, Track } from 'livekit-client';
import { useEffect, useState } from 'react';
import type { Situation } from '../../protocol/wording';

/** Milliseconds after which an agent that has not come, or come back, is one to wonder about. */
const LATE = 12_000;
const CHANGES = [
  RoomEvent.TrackSubscribed,
  RoomEvent.TrackUnsubscribed,
  RoomEvent.ParticipantAttributesChanged,
];
const STATE = 'lk.agent.state';

export interface Agent {
  readonly presence: Situation['agent'];
  readonly identity: string | undefined;
  /** Its own word for its state, from the attribute that every agent has. */
  readonly state: string | undefined;
  readonly voice: MediaStreamTrack | undefined;
}

/** Follow the agent of the room: the participant whose kind says so, and no other. */
export function useAgent(room: Room, connected: boolean): Agent {
  const others = useRemoteParticipants({ room, updateOnlyOn: CHANGES });
  const agent = others.find((one) => one.kind === ParticipantKind.AGENT);
  const [seen, setSeen] = useState(false);
  const [late, setLate] = useState(false);
  const here = agent !== undefined;
  if (here && !seen) setSeen(true);
  useEffect(() => {
    if (here || !connected) return undefined;
    const timer = setTimeout(() => {
      setLate(true);
    }, LATE);
    return () => {
      clearTimeout(timer);
      setLate(false);
    };
  }, [here, connected]);
  const absent = seen ? (['gone', 'lost'] as const) : (['awaited', 'late'] as const);
  return {
    // An agent that leaves on purpose closes the room: whoever sees it gone has lost it.
    presence: here ? 'here' : absent[late ? 1 : 0],
    identity: agent?.identity,
    state: agent?.attributes[STATE],
    voice: agent?.getTrackPublication(Track.Source.Microphone)?.track?.mediaStreamTrack,
  };
}
