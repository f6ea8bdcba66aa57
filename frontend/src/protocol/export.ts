/** The transcript as files, from what the page has. */

import type { Line } from './talk';
import { toolInWords } from './wording';

export type Format = 'txt' | 'md' | 'json';

export const FORMATS: readonly { readonly format: Format; readonly name: string }[] = [
  { format: 'txt', name: 'Text' },
  { format: 'md', name: 'Markdown' },
  { format: 'json', name: 'JSON' },
];

const KINDS: Readonly<Record<Format, string>> = {
  txt: 'text/plain',
  md: 'text/markdown',
  json: 'application/json',
};

export interface File {
  readonly name: string;
  readonly kind: string;
  readonly content: string;
}

/** Return the transcript as a file. */
export function exportTalk(lines: readonly Line[], format: Format): File {
  const began = new Date((lines[0]?.at ?? 0) * 1000).toISOString().slice(0, 16).replace(':', '');
  return {
    name: `sightline-${began}.${format}`,
    kind: `${KINDS[format]};charset=utf-8`,
    content: format === 'json' ? asJson(lines) : asText(lines, format),
  };
}

function asText(lines: readonly Line[], format: 'txt' | 'md'): string {
  const mark = (text: string): string => (format === 'md' ? escape(text) : text);
  const bold = (text: string): string => (format === 'md' ? `**${text}**` : text);
  const rows = lines.map((line) => {
    const { who, text } = told(line);
    return `${clock(line.at)} ${bold(`${mark(who)}:`)} ${mark(text)}`;
  });
  return `${rows.join(format === 'md' ? '\n\n' : '\n')}\n`;
}

function asJson(lines: readonly Line[]): string {
  const entries = lines.map(({ key: _, ...line }) => line);
  return `${JSON.stringify({ format: 'sightline.page', version: 1, entries }, null, 2)}\n`;
}

/** Say who a line is from and what it says. */
export function told(line: Line): { readonly who: string; readonly text: string } {
  switch (line.type) {
    case 'transcript':
      return {
        who: line.who === 'agent' ? 'Agent' : 'You',
        text: line.interrupted ? `${line.text} …` : line.text,
      };
    case 'tool':
      return { who: toolInWords(line.name), text: line.summary || line.status };
    case 'notice':
      return { who: 'Notice', text: line.text };
  }
}

/** Return the time of day, hours and minutes, of Unix seconds. */
export function clock(at: number): string {
  const date = new Date(at * 1000);
  return [date.getHours(), date.getMinutes()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}

function escape(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>#|~]/g, String.raw`\$&`).replaceAll('\n', ' ');
}
