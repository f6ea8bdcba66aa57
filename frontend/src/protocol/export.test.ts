import { describe, expect, it } from 'vitest';
import { exportTalk } from './export';
import type { Line } from './talk';

const LINES: readonly Line[] = [
  {
    ...{ type: 'transcript', key: 'a/0', id: '0', seq: 0, at: 1763712000, who: 'user' },
    ...{ identity: 'u', text: '<b>*what*</b> is it', final: true, interrupted: false },
  },
  {
    ...{ type: 'transcript', key: 'a/1', id: '1', seq: 1, at: 1763712001, who: 'agent' },
    ...{ identity: 'a', text: 'A mug', final: true, interrupted: true },
  },
  {
    ...{ type: 'tool', key: 'a/2', id: '2', seq: 2, at: 1763712002, name: 'get_time' },
    ...{ status: 'done', summary: 'Noon.' },
  },
];

describe('export', () => {
  it('as text has a line each', () => {
    const rows = exportTalk(LINES, 'txt').content.trim().split('\n');
    expect(rows.map((row) => row.slice(6))).toEqual([
      'You: <b>*what*</b> is it',
      'Agent: A mug …',
      'Get time: Noon.',
    ]);
  });

  it('as Markdown shows markup as text', () => {
    expect(exportTalk(LINES, 'md').content).toContain(String.raw`\<b\>\*what\*\</b\> is it`);
  });

  it('as JSON can be read back', () => {
    const read = JSON.parse(exportTalk(LINES, 'json').content) as { entries: unknown[] };
    expect(read.entries).toHaveLength(3);
    expect(read.entries[2]).toMatchObject({ name: 'get_time', summary: 'Noon.' });
  });

  it('is named by when the call began', () => {
    expect(exportTalk(LINES, 'md').name).toBe('sightline-2025-11-21T0800.md');
  });

  it('of an empty call is a file too', () => {
    expect(exportTalk([], 'txt').content).toBe('\n');
  });
});
