import { type TrackReference, VideoTrack } from '@livekit/components-react';
import { useRef } from 'react';
import { useFleeting } from '../../hooks/useFleeting';
import { useShowing } from '../../hooks/useShowing';
import { locate } from '../../protocol/geometry';
import type { Mark } from '../../protocol/message';
import { MarkBox } from './MarkBox';

interface PictureProps {
  readonly track: TrackReference;
  readonly name: string;
  readonly className: string;
  readonly fit: 'cover' | 'contain';
  readonly mirrored: boolean;
  /** Where the agent points, in whichever video. */
  readonly marks: readonly Mark[];
}

/** Milliseconds for which a mark stays: the thing may have moved. */
const STAYS = 12_000;

/** A video, with the place in it that the agent points at. */
export function Picture({ track, name, className, fit, mirrored, marks }: PictureProps) {
  const video = useRef<HTMLVideoElement>(null);
  const sizes = useShowing(video);
  const newest = marks.findLast((mark) => mark.sid === track.publication.trackSid);
  const mark = useFleeting(newest, STAYS);
  const at = mark && locate(mark, { ...sizes, fit, mirrored });
  return (
    <div className={`picture ${className}`} data-fit={fit} data-mirrored={mirrored}>
      <VideoTrack trackRef={track} ref={video} aria-label={name} />
      {mark && at && <MarkBox label={mark.label} at={at} room={sizes.box.width} />}
    </div>
  );
}
