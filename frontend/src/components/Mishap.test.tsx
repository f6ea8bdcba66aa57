import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, it } from 'vitest';
import { Mishap } from './Mishap';

function Broken(): never {
  throw new Error('chunk is gone');
}

afterEach(cleanup);

it('a part that cannot be loaded leaves words and a way on, and no blank page', () => {
  const silent = { onCaughtError: () => undefined };
  render(
    <Mishap>
      <Broken />
    </Mishap>,
    silent,
  );
  expect(screen.getByRole('alert').textContent).toMatch(/back to your call/);
  expect(screen.getByRole('button', { name: 'Load again' })).toBeTruthy();
});
