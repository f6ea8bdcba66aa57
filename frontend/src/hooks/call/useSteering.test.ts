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
function agent(refusal?: RpcError): { ask: Ask; asked: [string, Fields][]; status: Fields } {
  const asked: [string, Fields][] = [];
  const told = { ask: answer, asked, status: STATUS };
  async function answer(method: string, request: Fields = {}): Promise<Fields> {
    if (method === METHOD.status) return told.status;
    asked.push([method, request]);
    // The first takes longest: only order keeps it first.
    await pause(asked.length === 1 ? 20 : 0);
    if (refusal) throw refusal;
    const { name, mode, action } = request;
    return { name, voice: 'Sulafat', on: mode === 'on' || action === 'on' };
  }
  return told;
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const withButton = (on: boolean): Fields => ({ ...STATUS, push_to_talk: { on, talking: false } });

async function steeringWithNews(ask: Ask) {
  const { result, rerender } = renderHook(
    ({ news }) => {
      const { problem, attempt } = useAttempt();
      return { problem, ...useSteering(ask, attempt, news) };
    },
    { initialProps: { news: '' } },
  );
  await waitFor(() => {
    expect(result.current.status?.persona).toBe('guide');
  });
  return { result, rerender };
}

async function steering(ask: Ask) {
  return (await steeringWithNews(ask)).result;
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
      hook.current.interrupt();
      hook.current.setPushToTalk(true);
    });
    await waitFor(() => {
      expect(asked).toHaveLength(5);
    });
    expect(asked).toEqual([
      ['sightline.persona', { name: 'tutor' }],
      ['sightline.voice', { name: 'Puck' }],
      ['sightline.vision', { mode: 'off' }],
      ['sightline.interrupt', {}],
      ['sightline.push_to_talk', { action: 'on' }],
    ]);
    await waitFor(() => {
      expect(hook.current.status).toMatchObject({ pushToTalk: true, looks: false });
    });
  });

  it('shows the voice that was chosen, or that a persona brings', async () => {
    const hook = await steering(agent().ask);
    act(() => {
      hook.current.speakAs('Puck');
    });
    await waitFor(() => {
      expect(hook.current.status).toMatchObject({ persona: 'guide', voice: 'Puck' });
    });
    act(() => {
      hook.current.become('tutor');
    });
    await waitFor(() => {
      expect(hook.current.status).toMatchObject({ persona: 'tutor', voice: 'Sulafat' });
    });
  });

  it('lets nothing but push-to-talk wait for what hangs', async () => {
    const { ask, asked } = agent();
    const hook = await steering((method, request) =>
      method === METHOD.voice ? new Promise(() => undefined) : ask(method, request),
    );
    act(() => {
      hook.current.speakAs('Puck');
      hook.current.interrupt();
      hook.current.talk(true);
    });
    await waitFor(() => {
      expect(asked.map(([method]) => method)).toEqual([METHOD.interrupt, METHOD.pushToTalk]);
    });
  });

  it.each([true, false])(
    'shows push-to-talk %s when that has come about at a pause',
    async (on) => {
      const told = agent(new RpcError(4409, 'not yet: it will be so at the next pause'));
      told.status = withButton(!on);
      const hook = await steering(told.ask);
      act(() => {
        hook.current.setPushToTalk(on);
      });
      await waitFor(() => {
        expect(hook.current.problem).toBe('Not yet: it will be so at the next pause.');
      });
      expect(hook.current.status?.pushToTalk).toBe(!on);
      told.status = withButton(on);
      await waitFor(
        () => {
          expect(hook.current.status?.pushToTalk).toBe(on);
        },
        { timeout: 2500 },
      );
    },
  );

  it('asks how the call stands when there is news of it', async () => {
    const told = agent();
    const { result, rerender } = await steeringWithNews(told.ask);
    told.status = { ...withButton(true), persona: 'reader' };
    rerender({ news: 'agent/notice-1' });
    await waitFor(() => {
      expect(result.current.status).toMatchObject({ pushToTalk: true, persona: 'reader' });
    });
  });

  it('shows at a refused button that there is none any more', async () => {
    const told = agent(new RpcError(4409, 'push-to-talk is off; switch it on first'));
    told.status = withButton(true);
    const hook = await steering(told.ask);
    told.status = withButton(false);
    act(() => {
      hook.current.talk(true);
    });
    await waitFor(() => {
      expect(hook.current.status?.pushToTalk).toBe(false);
    });
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
    await pause(1700);
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
