import { useEffect, useRef } from 'react';
import { type Ticket, useCall } from '../../hooks/call/useCall';
import type { Talk } from '../../protocol/talk';
import { Conversation } from './Conversation';

interface CallScreenProps {
  readonly ticket: Ticket;
  readonly onEnd: (talk: Talk, ending: string) => void;
}

/** The call itself: the room, and what is in it. */
export function CallScreen({ ticket, onEnd }: CallScreenProps) {
  const { room, connection, ending } = useCall(ticket);
  const end = useRef(onEnd);
  const talk = useRef<Talk>(undefined);
  useEffect(() => {
    end.current = onEnd;
  });
  useEffect(() => {
    if (connection === 'ended' && talk.current) end.current(talk.current, ending);
  }, [connection, ending]);
  return (
    <Conversation
      ticket={ticket}
      room={room}
      connection={connection}
      onTalk={(newest) => {
        talk.current = newest;
      }}
    />
  );
}
