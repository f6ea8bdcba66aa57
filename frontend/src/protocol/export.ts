/** The transcript as files, from what the page has: Markdown, JSON, SubRip, WebVTT. */

import { type Cue, cuesOf } from './cues';
import type { Line } from './talk';
import { told } from './telling';

export const FORMATS = [
  { format: 'md', name: 'Markdown', kind: 'text/markdown' },
  { format: 'json', name: 'JSON', kind: 'application/json' },
  { format: 'srt', name: 'SubRip', kind: 'application/x-subrip' },
  { format: 'vtt', name: 'WebVTT', kind: 'text/vtt' },
] as const;

export type Format = (typeof FORMATS)[number]['format'];

interface File {
  readonly name: string;
  readonly kind: string;
  readonly content: string;
}

const WRITERS: Readonly<Record<Format, (lines: readonly Line[]) => string>> = {
  md: markdown,
  json,
  srt: subrip,
  vtt: webvtt,
};

/** Return the transcript as a file. */
export function exportTalk(lines: readonly Line[], format: Format): File {
  const began = new Date(beginning(lines) * 1000).toISOString().slice(0, 16).replace(':', '');
  const kind = FORMATS.find((one) => one.format === format)?.kind ?? 'text/plain';
  return {
    name: `sightline-${began}.${format}`,
    kind: `${kind};charset=utf-8`,
    content: WRITERS[format](lines),
  };
}

function markdown(lines: readonly Line[]): string {
  const date = new Date(beginning(lines) * 1000).toISOString().slice(0, 16).replace('T', ' ');
  const rows = lines.map((line) => {
    const { who, text } = told(line);
    return `**${plain(who)}** (${time(line.at - beginning(lines), '.').slice(0, 8)}): ${plain(text)}`;
  });
  return [`# Conversation of ${date} UTC`, ...rows, ''].join('\n\n').trimEnd() + '\n';
}

function json(lines: readonly Line[]): string {
  const entries = lines.map(({ key: _, ...line }) => line);
  return `${JSON.stringify({ format: 'sightline.page', version: 1, entries }, null, 2)}\n`;
}

function subrip(lines: readonly Line[]): string {
  const cues = cuesOf(lines, beginning(lines)).map((cue, index) => {
    // SubRip knows tags too: without its brackets nothing is one.
    const rows = cue.rows.join('\n').replaceAll('<', '\u2039').replaceAll('>', '\u203a');
    return `${index + 1}\n${times(cue, ',')}\n${cue.who === 'user' ? '- ' : ''}${rows}\n`;
  });
  return cues.join('\n');
}

function webvtt(lines: readonly Line[]): string {
  const cues = cuesOf(lines, beginning(lines)).map((cue) => {
    const rows = cue.rows
      .join('\n')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;');
    return `${times(cue, '.')}\n<v ${cue.who === 'agent' ? 'Agent' : 'You'}>${rows}</v>\n`;
  });
  return ['WEBVTT\n', ...cues].join('\n');
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
