/** The transcript as files, from what the page has: Markdown, JSON, SubRip, WebVTT. */

import { type Cue, cuesOf } from './cues';
import type { Line, People } from './talk';
import { told } from './telling';

export const FORMATS = [
  { format: 'md', name: 'Markdown' },
  { format: 'json', name: 'JSON' },
  { format: 'srt', name: 'SubRip' },
  { format: 'vtt', name: 'WebVTT' },
] as const;

export type Format = (typeof FORMATS)[number]['format'];

const KINDS: Readonly<Record<Format, string>> = {
  md: 'text/markdown',
  json: 'application/json',
  srt: 'application/x-subrip',
  vtt: 'text/vtt',
};

interface File {
  readonly name: string;
  readonly kind: string;
  readonly content: string;
}

const WRITERS: Readonly<Record<Format, (lines: readonly Line[], people: People) => string>> = {
  md: markdown,
  json,
  srt: subrip,
  vtt: webvtt,
};

/** Return the transcript as a file. */
export function exportTalk(lines: readonly Line[], people: People, format: Format): File {
  const began = new Date(beginning(lines) * 1000).toISOString().slice(0, 16).replace(':', '');
  return {
    name: `sightline-${began}.${format}`,
    kind: `${KINDS[format]};charset=utf-8`,
    content: WRITERS[format](lines, people),
  };
}

function markdown(lines: readonly Line[], people: People): string {
  const date = new Date(beginning(lines) * 1000).toISOString().slice(0, 16).replace('T', ' ');
  const rows = lines.map((line) => {
    const { who, text } = told(line, people);
    return `**${plain(who)}** (${time(line.at - beginning(lines), '.').slice(0, 8)}): ${plain(text)}`;
  });
  return [`# Conversation of ${date} UTC`, ...rows, ''].join('\n\n').trimEnd() + '\n';
}

function json(lines: readonly Line[]): string {
  const entries = lines.map(({ key: _, recalled: __, ...line }) => line);
  return `${JSON.stringify({ format: 'sightline.page', version: 1, entries }, null, 2)}\n`;
}

function subrip(lines: readonly Line[], people: People): string {
  const cues = cuesOf(lines, beginning(lines), people).map((cue, index) => {
    // SubRip knows tags too: without its brackets nothing is one.
    const rows = cue.rows.join('\n').replaceAll('<', '\u2039').replaceAll('>', '\u203a');
    return `${index + 1}\n${times(cue, ',')}\n${cue.who === 'user' ? '- ' : ''}${rows}\n`;
  });
  return cues.join('\n');
}

function webvtt(lines: readonly Line[], people: People): string {
  const cues = cuesOf(lines, beginning(lines), people).map((cue) => {
    const speaker = escaped(cue.speaker).replaceAll(/\s+/g, ' ');
    return `${times(cue, '.')}\n<v ${speaker}>${escaped(cue.rows.join('\n'))}</v>\n`;
  });
  return ['WEBVTT\n', ...cues].join('\n');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function beginning(lines: readonly Line[]): number {
  return lines[0]?.at ?? 0;
}

function times({ start, end }: Cue, point: string): string {
  return `${time(start, point)} --> ${time(end, point)}`;
}

/** `00:01:02.500`. */
function time(seconds: number, point: string): string {
  const whole = Math.max(0, Math.round(seconds * 1000));
  const pair = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const [hours, minutes, rest] = [whole / 3_600_000, (whole / 60_000) % 60, (whole / 1000) % 60];
  const thousandths = String(whole % 1000).padStart(3, '0');
  return `${pair(hours)}:${pair(minutes)}:${pair(rest)}${point}${thousandths}`;
}

function plain(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>#&|~]/g, String.raw`\$&`).replaceAll(/\s+/g, ' ');
}
