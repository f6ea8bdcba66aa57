import { type SubmitEvent, useEffect, useState } from 'react';
import type { Ticket } from '../hooks/call/useCall';
import { useAdmission } from '../hooks/useAdmission';
import { useArrival } from '../hooks/useArrival';
import { type Media, useMedia } from '../hooks/useMedia';
import { usePersonas } from '../hooks/usePersonas';
import { useStored } from '../hooks/useStored';
import { refusalInWords } from '../protocol/wording';
import { DevicePicker } from './DevicePicker';
import { Mark } from './Mark';
import { PersonaPicker } from './PersonaPicker';
import { Problems } from './Problems';
import { SelfView } from './SelfView';
import { TextField } from './TextField';

interface JoinProps {
  /** Whether it stands here in the place of something else. */
  readonly instead?: boolean;
  readonly onReady: () => void;
  readonly onJoin: (ticket: Ticket) => void;
}

const EVERYTHING = { camera: true, microphone: true };

/** Before the call: see yourself, hear that you are heard, say your name. */
export function Join({ instead = false, onReady, onJoin }: JoinProps) {
  const [name, setName] = useStored('sightline.name');
  const [camera, setCamera] = useStored('sightline.camera');
  const [microphone, setMicrophone] = useStored('sightline.microphone');
  const [code, setCode] = useState('');
  const { busy, refused, ask } = useAdmission();
  const [persona, setPersona] = useStored('sightline.persona');
  const personas = usePersonas();
  const [mirror] = useStored('sightline.mirror');
  const [wanted, setWanted] = useState(EVERYTHING);
  const media = useMedia({ camera, microphone }, wanted);
  // There browsers also lack what typing to the agent needs.
  const insecure = media.problems.camera === 'InsecureContext';
  const needsCode = refused?.status === 401 || code !== '';

  const head = useArrival<HTMLHeadingElement>(instead);

  useEffect(() => {
    if (!media.asking) onReady();
  }, [media.asking, onReady]);

  const join = (event: SubmitEvent): void => {
    event.preventDefault();
    // One that is no longer there is nobody.
    const chosen = personas.some((one) => one.name === persona) ? persona : '';
    const wish = { name: name.trim(), persona: chosen };
    void ask({ ...wish, code: code.trim() }).then((admission) => {
      if (!admission) return;
      onJoin({ ...wish, admission, ...media.take() });
    });
  };

  return (
    <main className="join">
      <header className="join-head">
        <Mark />
        <h1 ref={head} tabIndex={-1}>
          Talk with an agent that sees
        </h1>
        <p>It hears you, looks at what you show, and answers aloud.</p>
      </header>
      <SelfView
        media={media}
        mirrored={mirror === 'on'}
        wanted={wanted}
        disabled={busy}
        onWanted={setWanted}
      />
      <form className="join-form" onSubmit={join}>
        <Problems problems={media.problems} disabled={busy} onAgain={media.again} />
        <DevicePicker
          label="Camera"
          kind="videoinput"
          devices={media.devices}
          value={camera}
          disabled={busy}
          onChange={setCamera}
        />
        <DevicePicker
          label="Microphone"
          kind="audioinput"
          devices={media.devices}
          value={microphone}
          disabled={busy}
          onChange={setMicrophone}
        />
        <TextField
          label="Your name"
          value={name}
          maxLength={64}
          autoComplete="name"
          placeholder="Optional"
          onChange={setName}
        />
        <PersonaPicker personas={personas} value={persona} onChange={setPersona} />
        {needsCode && (
          <TextField
            label="Access code"
            type="password"
            autoComplete="off"
            value={code}
            required
            autoFocus
            onChange={setCode}
          />
        )}
        {refused !== undefined && (
          <p className="problem" role="alert">
            {refusalInWords(refused.status, refused.coded)}
          </p>
        )}
        {!insecure && (
          <button className="primary" type="submit" disabled={busy || media.asking}>
            {busy ? 'Joining …' : joinLabel(media)}
          </button>
        )}
      </form>
    </main>
  );
}

function joinLabel(media: Media): string {
  if (media.asking) return 'Waiting for your devices';
  if (!media.camera && !media.microphone) return 'Join to type and listen';
  if (!media.camera) return 'Join without camera';
  return media.microphone ? 'Join the call' : 'Join without microphone';
}
