/** Lines of a talk in words: who, what and when. */

import { speakerOf } from './speaker';
import type { Line, People } from './talk';
import { toolInWords } from './wording';

/** Say who a line is from and what it says. */
export function told(line: Line, people: People): { readonly who: string; readonly text: string } {
  switch (line.type) {
    case 'transcript':
      return {
        who: speakerOf(line, people),
        text: line.interrupted ? `${line.text} …` : line.text,
      };
    case 'tool':
      return { who: toolInWords(line.name), text: line.summary || line.status };
    case 'code':
      return { who: 'Code', text: `${line.code.trim()} → ${line.output.trim() || line.status}` };
    case 'sources':
      return {
        who: 'Sources',
        text: line.links.map(({ title, url }) => `${title} ${url}`).join(', '),
      };
    case 'notice':
      return { who: 'Notice', text: line.text };
  }
}

/** Return the time of day, hours and minutes, of Unix seconds. */
export function clock(at: number): string {
  const date = new Date(at * 1000);
  return `${pair(date.getHours())}:${pair(date.getMinutes())}`;
}

/** Return how long something has lasted: `4:07`, or `1:04:07`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours > 0
    ? `${hours}:${pair(minutes)}:${pair(whole % 60)}`
    : `${minutes}:${pair(whole % 60)}`;
}

/** Return how old something is: `now`, `3 s ago`, `2 min ago`. */
export function age(seconds: number): string {
  if (seconds < 1) return 'now';
  return seconds < 90 ? `${Math.floor(seconds)} s ago` : `${Math.floor(seconds / 60)} min ago`;
}

function pair(value: number): string {
  return String(value).padStart(2, '0');
}
