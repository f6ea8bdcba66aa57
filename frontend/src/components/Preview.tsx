import { useEffect, useRef } from 'react';

interface PreviewProps {
  readonly track: MediaStreamTrack | undefined;
  readonly asking: boolean;
  readonly mirrored: boolean;
}

/** The visitor's own camera, as the agent will see it, or as a mirror. */
export function Preview({ track, asking, mirrored }: PreviewProps) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (video.current) video.current.srcObject = track ? new MediaStream([track]) : null;
  }, [track]);
  return (
    <div className="preview" data-mirrored={mirrored}>
      <video ref={video} autoPlay playsInline muted hidden={!track} aria-label="Your camera" />
      {!track && <p>{asking ? 'Allow camera and microphone to begin' : 'No picture'}</p>}
    </div>
  );
}
