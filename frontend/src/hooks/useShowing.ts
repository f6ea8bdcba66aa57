import { type RefObject, useEffect, useState } from 'react';
import type { Size } from '../protocol/geometry';

interface Sizes {
  /** Of the element, CSS pixels. */
  readonly box: Size;
  /** Of the video in it, upright. */
  readonly video: Size;
}

const NONE: Size = { width: 0, height: 0 };

/** Follow the size of a video element and of what it shows; a turned telephone changes the second. */
export function useShowing(video: RefObject<HTMLVideoElement | null>): Sizes {
  const [sizes, setSizes] = useState<Sizes>({ box: NONE, video: NONE });
  useEffect(() => {
    const element = video.current;
    if (!element) return undefined;
    const measure = (): void => {
      setSizes({
        box: { width: element.clientWidth, height: element.clientHeight },
        video: { width: element.videoWidth, height: element.videoHeight },
      });
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    element.addEventListener('resize', measure);
    return () => {
      observer.disconnect();
      element.removeEventListener('resize', measure);
    };
  }, [video]);
  return sizes;
}
