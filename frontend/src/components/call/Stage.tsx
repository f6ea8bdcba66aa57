import { useTracks, VideoTrack } from '@livekit/components-react';
import { Track } from 'livekit-client';

/** What the visitor shows: the camera large, or the shared screen with the camera beside it. */
export function Stage() {
  const mine = useTracks([Track.Source.Camera, Track.Source.ScreenShare], {
    onlySubscribed: false,
  }).filter((one) => one.participant.isLocal && !one.publication.isMuted);
  const screen = mine.find((one) => one.source === Track.Source.ScreenShare);
  const camera = mine.find((one) => one.source === Track.Source.Camera);
  const large = screen ?? camera;
  return (
    <div className="stage">
      {large ? (
        <VideoTrack
          trackRef={large}
          className={screen ? 'stage-screen' : 'stage-camera'}
          aria-label={screen ? 'Your screen' : 'Your camera'}
        />
      ) : (
        <p className="stage-empty">You show nothing</p>
      )}
      {screen && camera && (
        <VideoTrack trackRef={camera} className="stage-inset" aria-label="Your camera" />
      )}
    </div>
  );
}
