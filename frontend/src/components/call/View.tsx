import { useCallback, useMemo } from 'react';
import type { Agent } from '../../hooks/call/useAgent';
import { useArrival } from '../../hooks/useArrival';
import { useShortcuts } from '../../hooks/useShortcuts';
import { atWork, type Talk } from '../../protocol/talk';
import { type Connection, sightInWords, stateInWords } from '../../protocol/wording';
import { Captions } from './Captions';
import { Icon } from './Icon';
import { SightLine } from './SightLine';
import { SoundGate } from './SoundGate';
import { Stage } from './Stage';

interface ViewProps {
  readonly talk: Talk;
  readonly connection: Connection;
  readonly agent: Agent;
  /** Whether it is this visitor whom the agent serves. */
  readonly served: boolean;
  readonly mirrored: boolean;
  /** Whether the pictures that the agent sees are shown. */
  readonly looksOn: boolean;
  readonly onLookOn: (on: boolean) => void;
}

/** The visitor's picture with the agent over it: its state, its eyes, its words and its voice. */
export function View(props: ViewProps) {
  const { talk, connection, agent, served, mirrored, looksOn, onLookOn } = props;
  const here = connection === 'connected' && agent.presence === 'here';
  const state = talk.state?.state ?? agent.state;
  const tool = here ? atWork(talk)?.name : undefined;
  const sight = here ? sightInWords(talk.vision, served) : '';
  const mood = here ? (tool === undefined ? (state ?? 'initializing') : 'thinking') : 'away';
  const head = useArrival<HTMLHeadingElement>();
  const turn = useCallback(() => {
    onLookOn(!looksOn);
  }, [onLookOn, looksOn]);
  useShortcuts(useMemo(() => ({ f: turn }), [turn]));
  return (
    <section className="call-view" aria-label="Call">
      <h1 className="unseen" ref={head} tabIndex={-1}>
        Call with Sightline
      </h1>
      <Stage marks={talk.marks} mirrored={mirrored} />
      <p className="call-state" role="status" aria-label="State of the agent" data-mood={mood}>
        {stateInWords({ connection, agent: agent.presence, state, tool })}
      </p>
      <div className="call-sight" data-blind={talk.vision?.status === 'blind'}>
        <p role="status" aria-label="The agent's eyes">
          {sight}
        </p>
        <button
          aria-label="What the agent sees"
          aria-expanded={looksOn}
          title="What the agent sees (F)"
          aria-keyshortcuts="f"
          onClick={turn}
        >
          <Icon name="frames" />
        </button>
      </div>
      <SoundGate />
      <Captions talk={talk} />
      <SightLine voice={agent.voice} mood={mood} />
    </section>
  );
}
