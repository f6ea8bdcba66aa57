import { cleanup, renderHook, waitFor } from '@testing-library/react';
import { Room, RpcError } from 'livekit-client';
import { afterEach, describe, expect, it } from 'vitest';
import type { Fields } from '../../protocol/fields';
import type { Ask } from './useAsk';
import { useFrames } from './useFrames';

afterEach(cleanup);

/** Look on while the agent answers like this. */
function looking(answer: () => Promise<Fields>) {
  const room = new Room();
  const ask: Ask = answer;
  return renderHook(({ ask }) => useFrames(room, ask), { initialProps: { ask } });
}

describe('looking on', () => {
  it('says why the agent shows nothing, until it does', async () => {
    const refusal = new RpcError(4403, 'not for this caller');
    const { result, rerender } = looking(() => Promise.reject(refusal));
    await waitFor(() => {
      expect(result.current.refused).toBe('Not for this caller.');
    });
    rerender({ ask: () => Promise.resolve({}) });
    await waitFor(() => {
      expect(result.current.refused).toBe('');
    });
  });

  it('says nothing of an agent that is not there yet', async () => {
    let asked = 0;
    const { result } = looking(() => {
      asked += 1;
      return Promise.reject(new Error('no agent'));
    });
    await waitFor(() => {
      expect(asked).toBe(1);
    });
    expect(result.current.refused).toBe('');
  });
});
