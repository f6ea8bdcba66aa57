import { useCallback, useEffect, useRef, useState } from 'react';
import { acquire, type Choice, type Media, NONE, type Tracks, type Wanted } from './acquire';

export type { Media, Tracks, Wanted } from './acquire';

interface Request {
  readonly choice: Choice;
  readonly wanted: Wanted;
  readonly attempt: number;
}

interface Preview extends Media {
  readonly again: () => void;
  /** Have the tracks and leave them running: whoever takes them stops them. */
  readonly take: () => Tracks;
}

/** Ask for what is wanted, and again when that or the choice changes; `again` tries once more. */
export function useMedia(choice: Choice, wanted: Wanted): Preview {
  const [found, setFound] = useState<readonly [string, Media]>(['', NONE]);
  const [attempt, setAttempt] = useState(0);
  const held = useRef<Media>(undefined);
  const request = JSON.stringify({
    choice: { camera: choice.camera, microphone: choice.microphone },
    wanted: { camera: wanted.camera, microphone: wanted.microphone },
    attempt,
  } satisfies Request);

  useEffect(() => {
    const left = new AbortController();
    const { signal } = left;
    const show = (media: Media): void => {
      held.current = media;
      setFound([request, media]);
    };
    const { choice, wanted } = JSON.parse(request) as Request;
    void acquire(choice, wanted).then((media) => {
      if (signal.aborted) {
        stop(media);
        return;
      }
      show(media);
      for (const device of ['camera', 'microphone'] as const) {
        const unplugged = (): void => {
          if (!held.current) return;
          const problems = { ...held.current.problems, [device]: 'NotFoundError' };
          show({ ...held.current, [device]: undefined, problems });
        };
        media[device]?.addEventListener('ended', unplugged, { signal });
      }
    });
    return () => {
      left.abort();
      if (held.current) stop(held.current);
      held.current = undefined;
    };
  }, [request]);

  const again = useCallback(() => {
    setAttempt((count) => count + 1);
  }, []);
  const take = useCallback((): Tracks => {
    const { camera, microphone } = held.current ?? NONE;
    held.current = undefined;
    return { camera, microphone };
  }, []);
  // What was found for another request is stopped by now.
  const media = found[0] === request ? found[1] : { ...NONE, devices: found[1].devices };
  return { ...media, again, take };
}

function stop({ camera, microphone }: Tracks): void {
  camera?.stop();
  microphone?.stop();
}
