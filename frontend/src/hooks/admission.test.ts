import { afterEach, describe, expect, it, vi } from 'vitest';
import { askToJoin, isFinal, Refused } from './admission';

interface Asked {
  readonly address: string;
  readonly headers: Record<string, string>;
  readonly body: Record<string, unknown>;
}

/** Answers as the page's server would, and keeps what it was asked. */
function server(answer: () => Response): Asked[] {
  const asked: Asked[] = [];
  vi.stubGlobal('fetch', (address: string, { headers, body }: RequestInit) => {
    const read = JSON.parse(body as string) as Record<string, unknown>;
    asked.push({ address, headers: headers as Record<string, string>, body: read });
    return Promise.resolve().then(answer);
  });
  return asked;
}

const granted = (): Response =>
  Response.json({ server_url: 'wss://live', participant_token: 'a.b.c' }, { status: 201 });

const NOBODY = { name: '', persona: '' };

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('asking to join', () => {
  it('sends the fields of the standard request, and none that says nothing', async () => {
    const asked = server(granted);
    expect(await askToJoin(NOBODY)).toEqual({ url: 'wss://live', token: 'a.b.c' });
    await askToJoin({ name: 'Ann', persona: 'tutor' });
    expect(asked.map((one) => one.body)).toEqual([
      {},
      {
        participant_name: 'Ann',
        room_config: { agents: [{ metadata: '{"persona":"tutor"}' }] },
      },
    ]);
  });

  it('names the seat it comes back to', async () => {
    const asked = server(granted);
    await askToJoin({ ...NOBODY, room: 'room-1', identity: 'user-1' });
    expect(asked[0]?.body).toEqual({ room_name: 'room-1', participant_identity: 'user-1' });
  });

  it('sends the code in a header, and in no address', async () => {
    const asked = server(granted);
    await askToJoin({ ...NOBODY, code: 'open-sesame-42' });
    expect(asked[0]).toMatchObject({
      address: '/api/token',
      headers: { Authorization: 'Bearer open-sesame-42' },
    });
  });

  it.each(['open–sesame', 'öpen…', '鍵'])(
    'is refused a code no header can carry: %s',
    async (code) => {
      const asked = server(granted);
      await expect(askToJoin({ ...NOBODY, code })).rejects.toEqual(new Refused(401));
      expect(asked).toEqual([]);
      await expect(askToJoin({ ...NOBODY, code: 'öpen sesame' })).resolves.toBeDefined();
    },
  );

  it('is refused for good by what the server has against it, and not by its troubles', () => {
    expect([400, 401, 403].map(isFinal)).toEqual([true, true, true]);
    expect([-1, 0, 429, 500, 503].map(isFinal)).toEqual([false, false, false, false, false]);
  });

  it.each([400, 401, 403, 413, 415, 429, 500, 200])(
    'is refused by %d, and asks no more',
    async (status) => {
      const asked = server(() => new Response('', { status }));
      await expect(askToJoin(NOBODY)).rejects.toEqual(new Refused(status));
      expect(asked).toHaveLength(1);
    },
  );

  it('is refused where nobody answers', async () => {
    const asked = server(() => {
      throw new TypeError('fetch failed');
    });
    await expect(askToJoin(NOBODY)).rejects.toMatchObject({ status: 0 });
    expect(asked).toHaveLength(1);
  });
});
