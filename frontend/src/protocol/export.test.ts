import { describe, expect, it } from 'vitest';
import { exportTalk, FORMATS } from './export';
import type { Line } from './talk';

const LONG = 'I see a red mug and a book with a title that I can read, and behind it a window.';
const PEOPLE = { me: 'u', names: { u: 'Ann' } };
const LINES: readonly Line[] = [
  {
    ...{ type: 'transcript', key: 'a/0', id: '0', seq: 0, at: 1763712000, until: 1763712002 },
    recalled: false,
    ...{
      who: 'user',
      identity: 'u',
      text: '<b>*what*</b> & is it',
      final: true,
      interrupted: false,
    },
  },
  {
    ...{ type: 'transcript', key: 'a/1', id: '1', seq: 1, at: 1763712003, until: 1763712011 },
    recalled: false,
    ...{ who: 'agent', identity: 'a', text: LONG, final: true, interrupted: true },
  },
  {
    ...{ type: 'tool', key: 'a/2', id: '2', seq: 2, at: 1763712012, until: 1763712012 },
    recalled: false,
    ...{ name: 'get_time', status: 'done', summary: 'Noon.' },
  },
];

function content(format: (typeof FORMATS)[number]['format']): string {
  return exportTalk(LINES, PEOPLE, format).content;
}

describe('export', () => {
  it('as Markdown has a paragraph each, and shows markup as text', () => {
    expect(content('md').trim().split('\n\n')).toEqual([
      '# Conversation of 2025-11-21 08:00 UTC',
      String.raw`**You** (00:00:00): \<b\>\*what\*\</b\> \& is it`,
      `**Agent** (00:00:03): ${LONG} …`,
      '**Get time** (00:00:12): Noon.',
    ]);
  });

  it('as JSON can be read back', () => {
    const read = JSON.parse(content('json')) as { entries: unknown[] };
    expect(read.entries).toHaveLength(3);
    expect(read.entries[0]).not.toHaveProperty('recalled');
    expect(read.entries[2]).toMatchObject({ name: 'get_time', summary: 'Noon.' });
  });

  it('as SubRip counts captions from 1, two rows each, within the time of their line', () => {
    const [first, second, ...rest] = content('srt').trim().split('\n\n');
    expect(first).toBe(
      '1\n00:00:00,000 --> 00:00:02,000\n- \u2039b\u203a*what*\u2039/b\u203a & is it',
    );
    expect(second?.split('\n').slice(0, 2)).toEqual(['2', '00:00:03,000 --> 00:00:11,000']);
    expect(second?.split('\n')).toHaveLength(4);
    expect(rest).toEqual([]);
  });

  it('as WebVTT names the speaker and shows markup as text', () => {
    expect(content('vtt')).toMatch(/^WEBVTT\n\n00:00:00.000 --> 00:00:02.000\n/);
    expect(content('vtt')).toContain('<v You>&lt;b&gt;*what*&lt;/b&gt; &amp; is it</v>');
  });

  it('names other visitors, whatever they call themselves', () => {
    const people = { me: 'someone', names: { u: '<v *Ben*>' } };
    const [first] = LINES.slice(0, 1);
    const lines = first ? [first] : [];
    expect(exportTalk(lines, people, 'md').content).toContain(String.raw`**\<v \*Ben\*\>**`);
    expect(exportTalk(lines, people, 'vtt').content).toContain('<v &lt;v *Ben*&gt;>');
  });

  it.each(FORMATS)('is named by when the call began: $format', ({ format }) => {
    expect(exportTalk(LINES, PEOPLE, format).name).toBe(`sightline-2025-11-21T0800.${format}`);
  });

  it.each(FORMATS)('of an empty call is a file too: $format', ({ format }) => {
    expect(exportTalk([], PEOPLE, format).kind).toMatch(/charset=utf-8$/);
  });
});
