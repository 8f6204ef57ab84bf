const AT_ONCE = 16;

/** A running server and who may make accounts on it. */
export interface Reachable {
  readonly url: string;
  readonly credentials: { readonly adminToken: string };
}

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly token: string;
}

/** Calls the server; throws what was said unless it was success. */
export async function ask(
  server: Pick<Reachable, 'url'>,
  token: string,
  [method, path, body]: readonly [string, string, object?],
): Promise<unknown> {
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

/** A new account with a token of its own. */
export async function makePerson(server: Reachable, name: string): Promise<Person> {
  const { adminToken } = server.credentials;
  const { id } = (await ask(server, adminToken, ['POST', '/admin/accounts', { name }])) as { id: string };
  const scopes = ['read', 'write', 'follow'];
  const made = await ask(server, adminToken, ['POST', `/admin/accounts/${name}/tokens`, { scopes }]);
  return { id, name, token: (made as { token: string }).token };
}

/** Runs jobs side by side, a bounded number at once, and keeps the order of their answers. */
export async function sideBySide<Answer>(jobs: readonly (() => Promise<Answer>)[]): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  let next = 0;
  const work = async () => {
    for (let index = next++; index < jobs.length; index = next++) {
      const job = jobs[index];
      if (job) answers[index] = await job();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return answers;
}

/** Numbers from a seed, the same in every run (mulberry32). */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}
