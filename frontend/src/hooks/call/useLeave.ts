import type { Room } from 'livekit-client';
import { useEffect } from 'react';

/**
 * Leave the room when the page goes, and not sooner: a reload may be stopped, and a link may be a
 * download. A page that was only put away, and is shown again, is loaded anew: that leads back.
 */
export function useLeave(room: Pick<Room, 'disconnect'>, reload = reloadPage): void {
  useEffect(() => {
    const leave = (): void => void room.disconnect();
    const back = (event: PageTransitionEvent): void => {
      if (event.persisted) reload();
    };
    window.addEventListener('pagehide', leave);
    window.addEventListener('pageshow', back);
    return () => {
      window.removeEventListener('pagehide', leave);
      window.removeEventListener('pageshow', back);
    };
  }, [room, reload]);
}

function reloadPage(): void {
  location.reload();
}
