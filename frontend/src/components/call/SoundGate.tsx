import { useAudioPlayback, useRoomContext } from '@livekit/components-react';

/** A button for browsers that play nothing until they are asked to. */
export function SoundGate() {
  const { canPlayAudio, startAudio } = useAudioPlayback(useRoomContext());
  if (canPlayAudio) return null;
  return (
    <button className="primary sound-gate" onClick={() => void startAudio()}>
      Turn on the sound
    </button>
  );
}
