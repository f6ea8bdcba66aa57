import { act, cleanup, renderHook } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { useAttempt } from './useAttempt';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

/** A page on which something has gone wrong; `change` is what happens before that is known. */
async function failed(change = {}) {
  const { result, rerender } = renderHook(({ agent, news }) => useAttempt(agent, news), {
    initialProps: { agent: 'agent-x', news: '' },
  });
  let fail = (): void => undefined;
  const work = new Promise((_, reject) => {
    fail = () => {
      reject(new Error());
    };
  });
  await act(async () => {
    result.current.attempt(work, () => 'Not yet.');
    await Promise.resolve();
  });
  rerender({ agent: 'agent-x', news: '', ...change });
  await act(async () => {
    fail();
    await Promise.resolve();
  });
  return { problem: () => result.current.problem, rerender };
}

describe('what went wrong', () => {
  it('is said for a while', async () => {
    const { problem } = await failed();
    expect(problem()).toBe('Not yet.');
    act(() => {
      vi.advanceTimersByTime(10_000);
    });
    expect(problem()).toBe('');
  });

  it.each([{ news: 'it has come about' }, { agent: 'agent-y' }])('goes with %o', async (change) => {
    const { problem, rerender } = await failed();
    rerender({ agent: 'agent-x', news: '', ...change });
    expect(problem()).toBe('');
  });

  it('with an agent that is gone is not said at all', async () => {
    expect((await failed({ agent: '' })).problem()).toBe('');
    expect((await failed({ news: 'of something else' })).problem()).toBe('Not yet.');
  });
});
