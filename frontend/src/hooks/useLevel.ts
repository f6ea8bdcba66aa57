import { useEffect } from 'react';

/** Loudness below which a room counts as silent, full scale being 1. */
const FLOOR = 0.004;

/** Loudness that nobody sees any more. */
const REST = 0.002;

/** Call `show` with the loudness of a track, 0 to 1, once a painted frame. */
export function useLevel(track: MediaStreamTrack | undefined, show: (level: number) => void): void {
  useEffect(() => {
    if (track === undefined) {
      show(0);
      return undefined;
    }
    const context = new AudioContext();
    const analyser = new AnalyserNode(context, { fftSize: 1024 });
    const source = context.createMediaStreamSource(new MediaStream([track]));
    source.connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    // After a reload nobody has touched the page yet, and browsers keep it silent until then.
    const wake = (): void => void context.resume();
    window.addEventListener('pointerdown', wake);
    window.addEventListener('keydown', wake);
    let level = 0;
    let frame = requestAnimationFrame(function measure() {
      analyser.getFloatTimeDomainData(samples);
      // Up at once, down slowly, as eyes expect of a needle.
      level = Math.max(loudness(samples), level < REST ? 0 : level * 0.9);
      show(level);
      frame = requestAnimationFrame(measure);
    });
    return () => {
      cancelAnimationFrame(frame);
      window.removeEventListener('pointerdown', wake);
      window.removeEventListener('keydown', wake);
      source.disconnect();
      void context.close();
    };
  }, [track, show]);
}

function loudness(samples: Float32Array): number {
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  const decibels = 20 * Math.log10(Math.max(Math.sqrt(power), FLOOR) / FLOOR);
  return Math.min(1, decibels / 40);
}
