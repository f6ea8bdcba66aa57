import { useEffect } from 'react';
import type { Tracks } from './useMedia';

/** Stop camera and microphone of a call when it is over, also where the room never took them. */
export function useLetGo(tracks: Tracks | undefined): void {
  useEffect(
    () => () => {
      tracks?.camera?.stop();
      tracks?.microphone?.stop();
    },
    [tracks],
  );
}
