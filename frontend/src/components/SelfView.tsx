import type { Media, Wanted } from '../hooks/useMedia';
import { Level } from './Level';
import { Preview } from './Preview';
import { Switch } from './Switch';

interface SelfViewProps {
  readonly media: Media;
  readonly mirrored: boolean;
  readonly wanted: Wanted;
  readonly disabled: boolean;
  readonly onWanted: (wanted: Wanted) => void;
}

/** What the agent is going to see and hear, and whether it is to at all. */
export function SelfView({ media, mirrored, wanted, disabled, onWanted }: SelfViewProps) {
  return (
    <section className="join-look" aria-label="Preview">
      <Preview track={media.camera} asking={media.asking} mirrored={mirrored} />
      <Level track={media.microphone} />
      <div className="join-wanted">
        <Switch
          label="Camera"
          on={wanted.camera}
          disabled={disabled}
          onChange={(on) => {
            onWanted({ ...wanted, camera: on });
          }}
        />
        <Switch
          label="Microphone"
          on={wanted.microphone}
          disabled={disabled}
          onChange={(on) => {
            onWanted({ ...wanted, microphone: on });
          }}
        />
      </div>
    </section>
  );
}
