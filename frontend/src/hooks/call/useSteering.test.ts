import { act, cleanup, renderHook, waitFor } from '@testing-library/react';
import { RpcError } from 'livekit-client';
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { METHOD } from '../../protocol/control';
import type { Fields } from '../../protocol/fields';
import { useAttempt } from '../useAttempt';
import type { Ask } from './useAsk';
import { useSteering } from './useSteering';

const CONTRACT = `${import.meta.dirname}/../../../../tests/contract`;
const STATUS = JSON.parse(readFileSync(`${CONTRACT}/rpc.status.response.json`, 'utf-8')) as Fields;

/** An agent that keeps what it is asked, and refuses what the test says. */
function agent(refusal?: RpcError): { ask: Ask; asked: [string, Fields][] } {
  const asked: [string, Fields][] = [];
  const ask: Ask = async (method, request = {}) => {
    if (method === METHOD.status) return STATUS;
    asked.push([method, request]);
    // The first takes longest: only order keeps it first.
    await new Promise((resolve) => setTimeout(resolve, asked.length === 1 ? 20 : 0));
    if (refusal) throw refusal;
    return {};
  };
  return { ask, asked };
}

async function steering(ask: Ask) {
  const { result } = renderHook(() => {
    const { problem, attempt } = useAttempt();
    return { problem, ...useSteering(ask, attempt) };
  });
  await waitFor(() => {
    expect(result.current.status?.persona).toBe('guide');
  });
  return result;
}

afterEach(cleanup);

describe('steering', () => {
  it('asks by the methods of the contract, and shows what was done', async () => {
    const { ask, asked } = agent();
    const hook = await steering(ask);
    act(() => {
      hook.current.become('tutor');
      hook.current.speakAs('Puck');
      hook.current.look(false);
      hook.current.setPushToTalk(true);
      hook.current.interrupt();
    });
    await waitFor(() => {
      expect(asked).toHaveLength(5);
    });
    expect(asked).toEqual([
      ['sightline.persona', { name: 'tutor' }],
      ['sightline.voice', { name: 'Puck' }],
      ['sightline.vision', { mode: 'off' }],
      ['sightline.push_to_talk', { action: 'on' }],
      ['sightline.interrupt', {}],
    ]);
    expect(hook.current.status).toMatchObject({ persona: 'tutor', voice: 'Puck', looks: false });
  });

  it('lets the end of a turn not overtake its beginning', async () => {
    const { ask, asked } = agent();
    const hook = await steering(ask);
    act(() => {
      hook.current.talk(true);
      hook.current.talk(false);
    });
    await waitFor(() => {
      expect(asked).toHaveLength(2);
    });
    expect(asked.map(([, request]) => request['action'])).toEqual(['start', 'end']);
  });

  it('is not asked for again and again where the agent serves somebody else', async () => {
    let count = 0;
    const ask: Ask = () => {
      count += 1;
      return Promise.reject(new RpcError(4403, 'not for this caller'));
    };
    const { result } = renderHook(() => useSteering(ask, () => undefined));
    await waitFor(() => {
      expect(result.current.refused).toBe(true);
    });
    await new Promise((resolve) => setTimeout(resolve, 1700));
    expect(count).toBe(1);
  });

  it('says why the agent would not, and changes nothing then', async () => {
    const { ask } = agent(new RpcError(4403, 'not for this caller'));
    const hook = await steering(ask);
    act(() => {
      hook.current.become('tutor');
    });
    await waitFor(() => {
      expect(hook.current.problem).toBe('Not for this caller.');
    });
    expect(hook.current.status?.persona).toBe('guide');
  });
});
