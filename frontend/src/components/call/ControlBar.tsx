import { useMemo, useRef } from 'react';
import type { Devices } from '../../hooks/call/useDevices';
import type { Steering } from '../../hooks/call/useSteering';
import { useShortcuts } from '../../hooks/useShortcuts';
import { Composer } from './Composer';
import { Press } from './Press';
import { TalkButton } from './TalkButton';
import { Toggle } from './Toggle';

interface ControlBarProps {
  readonly devices: Devices;
  readonly steering: Steering;
  /** Whether the agent speaks, so that there is something to interrupt. */
  readonly speaking: boolean;
  /** Why nothing that is typed would be read now. */
  readonly unread: string;
  /** Why the last thing that was asked for did not happen. */
  readonly problem: string;
  readonly onChoose: () => void;
  readonly onEnd: () => void;
}

/** What the visitor shows and says, what the agent is to do, and the end of the call. */
export function ControlBar(props: ControlBarProps) {
  const { devices, steering, speaking, unread, problem, onChoose, onEnd } = props;
  const { status, interrupt } = steering;
  const input = useRef<HTMLInputElement>(null);
  useKeys(devices, interrupt, input);
  return (
    <footer className="bar">
      {problem && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      <div className="bar-mine" role="group" aria-label="What you show and say">
        <Toggle
          name="Microphone"
          shortcut="m"
          icon="microphone"
          on={devices.microphone}
          onClick={() => {
            devices.toggle('microphone');
          }}
        />
        <Toggle
          name="Camera"
          shortcut="c"
          icon="camera"
          on={devices.camera}
          onClick={() => {
            devices.toggle('camera');
          }}
        />
        {devices.nextCamera && (
          <Press name="Next camera" icon="switch" onClick={devices.nextCamera} />
        )}
        {devices.canShare && (
          <Toggle
            name="Share screen"
            shortcut="s"
            icon="screen"
            on={devices.screen}
            calm
            onClick={devices.share}
          />
        )}
      </div>
      {status?.pushToTalk && <TalkButton onTalk={steering.talk} />}
      <Composer ref={input} unread={unread} onSend={devices.type} />
      <div className="bar-agent" role="group" aria-label="What the agent does">
        {status && (
          <Toggle
            name="The agent looks"
            icon="eye"
            on={status.looks}
            onClick={() => {
              steering.look(!status.looks);
            }}
          />
        )}
        <Press
          name="Interrupt the agent"
          icon="hush"
          shortcut="i"
          disabled={!speaking}
          onClick={interrupt}
        />
        <Press name="Settings" icon="settings" onClick={onChoose} />
        <Press name="End the call" icon="end" className="round-end" onClick={onEnd} />
      </div>
    </footer>
  );
}

function useKeys(
  { toggle, share, canShare }: Devices,
  interrupt: () => void,
  input: React.RefObject<HTMLInputElement | null>,
): void {
  const keys = useMemo(
    () => ({
      m: () => {
        toggle('microphone');
      },
      c: () => {
        toggle('camera');
      },
      ...(canShare && { s: share }),
      i: interrupt,
      '/': () => {
        input.current?.focus();
      },
    }),
    [toggle, share, canShare, interrupt, input],
  );
  useShortcuts(keys);
}
