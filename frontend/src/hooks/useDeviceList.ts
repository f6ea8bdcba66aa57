import { useEffect, useState } from 'react';

/** Follow which cameras, microphones and speakers there are. */
export function useDeviceList(): readonly MediaDeviceInfo[] {
  const [list, setList] = useState<readonly MediaDeviceInfo[]>([]);
  useEffect(() => {
    // Absent where the page did not come by https, whatever the types say.
    const media = navigator.mediaDevices as MediaDevices | undefined;
    if (!media) return undefined;
    let here = true;
    const look = (): void => {
      void media.enumerateDevices().then((devices) => {
        if (here) setList(devices);
      });
    };
    look();
    media.addEventListener('devicechange', look);
    return () => {
      here = false;
      media.removeEventListener('devicechange', look);
    };
  }, []);
  return list;
}
