import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import type { Line } from '../protocol/talk';
import { Transcript } from './Transcript';

const HEAD = { seq: 1, at: 1763712000, until: 1763712000 } as const;
const MARKUP = '<img src=x onerror=alert(1)>';

const SAID: Line = {
  ...{ ...HEAD, key: 'a/1', id: '1', type: 'transcript', who: 'agent', identity: 'a' },
  ...{ text: MARKUP, final: true, interrupted: true },
};

afterEach(cleanup);

describe('transcript', () => {
  it('shows markup in speech as text', () => {
    const { container } = render(<Transcript lines={[SAID]} />);
    expect(container.querySelector('img')).toBeNull();
    expect(screen.getByText((text) => text.includes(MARKUP))).toBeTruthy();
    expect(screen.getByText(/interrupted/)).toBeTruthy();
  });

  it('shows markup in results of tools as text', () => {
    const tool = { ...HEAD, key: 'a/2', id: '2', type: 'tool', name: 'look' } as const;
    const lines: Line[] = [{ ...tool, status: 'failed', summary: MARKUP }];
    const { container } = render(<Transcript lines={lines} />);
    expect(container.querySelector('img')).toBeNull();
    expect(screen.getByText('did not work')).toBeTruthy();
    expect(screen.getByText(MARKUP)).toBeTruthy();
  });
});
