import { useEffect, useRef } from 'react';
import type { Devices } from '../../hooks/call/useDevices';
import type { Steering } from '../../hooks/call/useSteering';
import { KEYS } from '../../hooks/useShortcuts';
import { useStored } from '../../hooks/useStored';
import { type Persona, usePersonas } from '../../hooks/usePersonas';
import { toolInWords } from '../../protocol/wording';
import { DevicePicker } from '../DevicePicker';
import { Switch } from '../Switch';

interface SettingsProps {
  readonly devices: Devices;
  readonly steering: Steering;
  readonly mirrored: boolean;
  readonly onMirror: (on: boolean) => void;
  readonly onClose: () => void;
}

/** What is chosen seldom: who the agent is, how it speaks, by which devices. */
export function Settings({ devices, steering, mirrored, onMirror, onClose }: SettingsProps) {
  const [keys, setKeys] = useStored(KEYS);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog className="settings" ref={dialog} aria-label="Settings" onClose={onClose}>
      <form method="dialog">
        <header>
          <h2>Settings</h2>
          <button className="quiet">Done</button>
        </header>
        <Agent steering={steering} />
        {KINDS.map(({ kind, label }) => (
          <DevicePicker
            key={kind}
            label={label}
            kind={kind}
            devices={devices.list}
            value={devices.chosen(kind)}
            onChange={(deviceId) => {
              devices.choose(kind, deviceId);
            }}
          />
        ))}
        <Switch
          label="Single keys"
          hint="M microphone, C camera, S screen, F pictures, I interrupt, / type"
          on={keys !== 'off'}
          onChange={(on) => {
            setKeys(on ? 'on' : 'off');
          }}
        />
        <Switch label="Show me my camera as a mirror" on={mirrored} onChange={onMirror} />
      </form>
    </dialog>
  );
}

const KINDS = [
  { kind: 'videoinput', label: 'Camera' },
  { kind: 'audioinput', label: 'Microphone' },
  { kind: 'audiooutput', label: 'Speaker' },
] as const;

function Agent({ steering }: { readonly steering: Steering }) {
  const { status, refused, become, speakAs, setPushToTalk } = steering;
  const personas = usePersonas();
  if (!status) {
    return (
      <p className="settings-wait">
        {refused
          ? 'The agent serves somebody else in this room, who alone can steer it.'
          : 'The agent has not said yet what it can do.'}
      </p>
    );
  }
  return (
    <>
      <label className="field">
        <span>Persona</span>
        <select
          value={status.persona}
          aria-describedby="persona-hint"
          onChange={(event) => {
            become(event.target.value);
          }}
        >
          {status.personas.map((name) => (
            <option key={name} value={name}>
              {known(personas, name)?.title ?? toolInWords(name)}
            </option>
          ))}
        </select>
      </label>
      <p className="hint" id="persona-hint">
        {known(personas, status.persona)?.description}
      </p>
      <label className="field">
        <span>Voice</span>
        <select
          value={status.voice}
          onChange={(event) => {
            speakAs(event.target.value);
          }}
        >
          {status.voices.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <Switch
        label="Push to talk"
        hint="It listens only while you hold the button, or the space bar."
        on={status.pushToTalk}
        onChange={setPushToTalk}
      />
    </>
  );
}

function known(personas: readonly Persona[], name: string): Persona | undefined {
  return personas.find((one) => one.name === name);
}
