/** Asks the page's server to be let in. */

export interface Admission {
  readonly url: string;
  readonly token: string;
}

export interface Wish {
  readonly name: string;
  readonly persona: string;
  /** The access code, where one is needed. */
  readonly code?: string;
  /** What an earlier call had: the server gives both again to the same browser. */
  readonly room?: string;
  readonly identity?: string;
}

/** The server did not let us in; `status` is that of HTTP, 0 for no answer. */
export class Refused extends Error {
  constructor(readonly status: number) {
    super(`refused: ${status}`);
  }
}

/** Tell whether a refusal stands: asking the same once more would bring nothing else. */
export function isFinal(status: number): boolean {
  return status >= 400 && status < 500 && status !== 429;
}

/** What a header can carry; a sign of elsewhere, from some clipboard, is in no code. */
const SENDABLE = /^[\t -~\u0080-\u00ff]*$/;

/** Send LiveKit's standard request for a token, once. The token stays in memory. */
export async function askToJoin(wish: Wish): Promise<Admission> {
  if (!SENDABLE.test(wish.code ?? '')) throw new Refused(401);
  const headers: Record<string, string> = { 'Content-Type': 'application/json' };
  if (wish.code) headers['Authorization'] = `Bearer ${wish.code}`;
  const body = JSON.stringify(requestOf(wish));
  const answer = await fetch('/api/token', { method: 'POST', headers, body }).catch(() => {
    throw new Refused(0);
  });
  if (answer.status !== 201) throw new Refused(answer.status);
  const found = (await answer.json()) as { server_url: string; participant_token: string };
  return { url: found.server_url, token: found.participant_token };
}

function requestOf({ name, persona, room, identity }: Wish): object {
  const agent = { metadata: JSON.stringify({ persona }) };
  return {
    ...(name !== '' && { participant_name: name }),
    ...(persona !== '' && { room_config: { agents: [agent] } }),
    ...(room !== undefined && { room_name: room, participant_identity: identity }),
  };
}
