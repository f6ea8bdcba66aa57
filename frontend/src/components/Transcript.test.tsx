import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import type { Line } from '../protocol/talk';
import { Transcript } from './Transcript';

const HEAD = { seq: 1, at: 1763712000, until: 1763712000, recalled: false } as const;
const PEOPLE = { me: 'ann', names: { ann: 'Ann', ben: 'Ben' } };
const MARKUP = '<img src=x onerror=alert(1)>';

const SAID: Line = {
  ...{ ...HEAD, key: 'a/1', id: '1', type: 'transcript', who: 'agent', identity: 'a' },
  ...{ text: MARKUP, final: true, interrupted: true },
};

afterEach(cleanup);

describe('transcript', () => {
  it('shows markup in speech as text', () => {
    const { container } = render(<Transcript lines={[SAID]} people={PEOPLE} />);
    expect(container.querySelector('img')).toBeNull();
    expect(screen.getByText((text) => text.includes(MARKUP))).toBeTruthy();
    expect(screen.getByText(/interrupted/)).toBeTruthy();
  });

  it('says by name who spoke, and You to whom it was alone', () => {
    const line = { ...SAID, who: 'user', interrupted: false } as const;
    const lines: Line[] = [
      { ...line, key: 'a/3', identity: 'ann', text: 'mine' },
      { ...line, key: 'a/4', identity: 'ben', text: 'his' },
    ];
    render(<Transcript lines={lines} people={PEOPLE} />);
    const said = screen.getAllByRole('listitem').map((item) => item.textContent);
    expect(said.map((text) => text.replace(/\d\d:\d\d/, ''))).toEqual(['You mine', 'Ben his']);
  });

  it('shows markup in results of tools as text', () => {
    const tool = { ...HEAD, key: 'a/2', id: '2', type: 'tool', name: 'look' } as const;
    const lines: Line[] = [{ ...tool, status: 'failed', summary: MARKUP }];
    const { container } = render(<Transcript lines={lines} people={PEOPLE} />);
    expect(container.querySelector('img')).toBeNull();
    expect(screen.getByText('did not work')).toBeTruthy();
    expect(screen.getByText(MARKUP)).toBeTruthy();
  });
});
