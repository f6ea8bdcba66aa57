import { useCallback, useEffect, useRef } from 'react';
import { useLevel } from '../../hooks/useLevel';

interface SightLineProps {
  readonly voice: MediaStreamTrack | undefined;
  readonly mood: string;
}

const STILL = '(prefers-reduced-motion: reduce)';

/** The agent's voice: a line across the picture that lies still, breathes, and speaks. */
export function SightLine({ voice, mood }: SightLineProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const feeling = useRef(mood);
  useEffect(() => {
    feeling.current = mood;
  }, [mood]);
  const drawn = useRef('');
  const show = useCallback((level: number) => {
    const element = canvas.current;
    if (!element) return;
    // A line that lies still is drawn once, not sixty times a second.
    const { clientWidth, clientHeight } = element;
    const look = `${feeling.current} ${level} ${clientWidth} ${clientHeight}`;
    if (look === drawn.current && feeling.current !== 'thinking') return;
    drawn.current = look;
    draw(element, level, feeling.current);
  }, []);
  useLevel(voice, show);
  useEffect(() => {
    // Without a voice nobody calls `show`: draw the line where it lies.
    if (voice === undefined) show(0);
  }, [voice, show, mood]);
  return <canvas className="sight-line" data-mood={mood} ref={canvas} aria-hidden="true" />;
}

function draw(canvas: HTMLCanvasElement, level: number, mood: string): void {
  const pen = canvas.getContext('2d');
  if (!pen) return;
  const scale = window.devicePixelRatio;
  const width = Math.round(canvas.clientWidth * scale);
  const height = Math.round(canvas.clientHeight * scale);
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  pen.clearRect(0, 0, width, height);
  pen.strokeStyle = getComputedStyle(canvas).color;
  pen.lineWidth = 2 * scale;
  pen.lineCap = 'round';
  pen.setLineDash(mood === 'away' ? [2 * scale, 8 * scale] : []);
  const still = window.matchMedia(STILL).matches;
  const time = still ? 0 : performance.now() / 1000;
  const breath = mood === 'thinking' && !still ? 0.12 + 0.08 * Math.sin(time * 4) : 0;
  trace(pen, { width, height, time, swing: Math.max(level, breath) });
}

interface Wave {
  readonly width: number;
  readonly height: number;
  readonly time: number;
  readonly swing: number;
}

function trace(pen: CanvasRenderingContext2D, { width, height, time, swing }: Wave): void {
  pen.beginPath();
  for (let x = 0; x <= width; x += 4) {
    const place = (x / width) * 2 - 1;
    // Loud in the middle, at rest at the edges.
    const window = Math.exp(-6 * place * place);
    const wave = Math.sin(place * 22 - time * 9) + 0.5 * Math.sin(place * 41 + time * 6);
    pen.lineTo(x, height / 2 + (wave / 1.5) * window * swing * height * 0.42);
  }
  pen.stroke();
}
