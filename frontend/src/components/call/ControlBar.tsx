import type { Room } from 'livekit-client';
import { useMemo, useRef } from 'react';
import { useControls } from '../../hooks/call/useControls';
import { useShortcuts } from '../../hooks/useShortcuts';
import { Composer } from './Composer';
import { Icon } from './Icon';
import { Toggle } from './Toggle';

interface ControlBarProps {
  readonly room: Room;
  readonly onEnd: () => void;
}

/** Microphone, camera, screen, typing and the end of the call. */
export function ControlBar({ room, onEnd }: ControlBarProps) {
  const controls = useControls(room);
  const { toggle, share, canShare } = controls;
  const input = useRef<HTMLInputElement>(null);
  const keys = useMemo(
    () => ({
      m: () => {
        toggle('microphone');
      },
      c: () => {
        toggle('camera');
      },
      ...(canShare && { s: share }),
      '/': () => {
        input.current?.focus();
      },
    }),
    [toggle, share, canShare],
  );
  useShortcuts(keys);
  return (
    <footer className="bar">
      {controls.problem && (
        <p className="problem" role="alert">
          {controls.problem}
        </p>
      )}
      <div className="bar-toggles">
        <Toggle
          name="Microphone"
          shortcut="m"
          icon="microphone"
          on={controls.microphone}
          onClick={() => {
            toggle('microphone');
          }}
        />
        <Toggle
          name="Camera"
          shortcut="c"
          icon="camera"
          on={controls.camera}
          onClick={() => {
            toggle('camera');
          }}
        />
        {controls.canSwitch && (
          <button
            className="round"
            aria-label="Next camera"
            title="Next camera"
            onClick={controls.switchCamera}
          >
            <Icon name="switch" />
          </button>
        )}
        {canShare && (
          <Toggle
            name="Share screen"
            shortcut="s"
            icon="screen"
            on={controls.screen}
            calm
            onClick={share}
          />
        )}
      </div>
      <Composer ref={input} onSend={controls.type} />
      <button
        className="round round-end"
        aria-label="End the call"
        title="End the call"
        onClick={onEnd}
      >
        <Icon name="end" />
      </button>
    </footer>
  );
}
