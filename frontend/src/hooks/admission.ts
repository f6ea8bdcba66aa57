/** Asks the page's server to be let in. */

export interface Admission {
  readonly url: string;
  readonly token: string;
}

/** The server did not let us in; `status` is that of HTTP, 0 for no answer. */
export class Refused extends Error {
  constructor(readonly status: number) {
    super(`refused: ${status}`);
  }
}

/** Send LiveKit's standard request for a token. The token stays in memory. */
export async function askToJoin(name: string, code: string): Promise<Admission> {
  const headers: Record<string, string> = { 'Content-Type': 'application/json' };
  if (code !== '') headers['Authorization'] = `Bearer ${code}`;
  const body = JSON.stringify(name === '' ? {} : { participant_name: name });
  const answer = await fetch('/api/token', { method: 'POST', headers, body }).catch(() => {
    throw new Refused(0);
  });
  if (answer.status !== 201) throw new Refused(answer.status);
  const found = (await answer.json()) as { server_url: string; participant_token: string };
  return { url: found.server_url, token: found.participant_token };
}
