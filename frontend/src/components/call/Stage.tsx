import { useTracks } from '@livekit/components-react';
import { Track } from 'livekit-client';
import type { Mark } from '../../protocol/message';
import { Picture } from './Picture';

interface StageProps {
  readonly marks: readonly Mark[];
  /** Whether the visitor's own camera is shown as a mirror. */
  readonly mirrored: boolean;
}

const SOURCES = [Track.Source.Camera, Track.Source.ScreenShare];

/** What the visitor shows: the camera large, or the shared screen with the camera beside it; others small. */
export function Stage({ marks, mirrored }: StageProps) {
  const shown = useTracks(SOURCES, { onlySubscribed: false }).filter(
    ({ participant, publication }) =>
      !publication.isMuted && (participant.isLocal || publication.isSubscribed),
  );
  const mine = shown.filter((one) => one.participant.isLocal);
  const large =
    mine.find((one) => one.source === Track.Source.ScreenShare) ??
    mine.find((one) => one.source === Track.Source.Camera);
  const small = shown.filter((one) => one !== large);
  return (
    <div className="stage">
      {large ? (
        <Picture
          key={large.publication.trackSid}
          className="picture-large"
          track={large}
          name={nameOf(large)}
          fit={large.source === Track.Source.ScreenShare ? 'contain' : 'cover'}
          mirrored={mirrored && large.source === Track.Source.Camera}
          marks={marks}
        />
      ) : (
        <p className="stage-empty">Your camera is off</p>
      )}
      {small.length > 0 && (
        <div className="stage-small">
          {small.map((one) => (
            <Picture
              key={one.publication.trackSid}
              className="picture-small"
              track={one}
              name={nameOf(one)}
              fit="cover"
              mirrored={mirrored && one.participant.isLocal}
              marks={marks}
            />
          ))}
        </div>
      )}
    </div>
  );
}

function nameOf({ participant, source }: ReturnType<typeof useTracks>[number]): string {
  const what = source === Track.Source.ScreenShare ? 'screen' : 'camera';
  return participant.isLocal ? `Your ${what}` : `The ${what} of ${participant.name ?? 'a visitor'}`;
}
