import { setTimeout } from 'node:timers/promises';
import { eventually } from '../resume/storm.ts';
import type { ServerProcess } from '../server-process.ts';
import type { Expected } from './frames.ts';

const FULL = process.env['FAULTS'] === 'full';
/** Things that happen on the stream, and restarts among them: a tenth in `npm test`. */
export const EVENTS = FULL ? 1_000 : 150;
export const RESTARTS = FULL ? 20 : 3;
const ACTORS = ['romeo', 'mercutio', 'nurse'] as const;

interface Status {
  readonly id: string;
}

export interface Storm extends Expected {
  /** Fails when the stream was not told of everything that must be told. */
  readonly count: number;
}

export function tokenOf(server: ServerProcess, username: string): string {
  const account = server.credentials.accounts.find((one) => one.username === username);
  if (!account) throw new Error(`the development community lacks ${username}`);
  return account.accessToken;
}

/** Calls until it is answered, through restarts; what is refused fails at once. */
export async function call(
  server: ServerProcess,
  token: string,
  [method, path, body]: readonly [string, string, object?],
  key?: string,
): Promise<{ readonly status: number; readonly body: unknown }> {
  for (;;) {
    const response = await fetch(`${server.url}${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${token}`,
        'Content-Type': 'application/json',
        ...(key === undefined ? {} : { 'Idempotency-Key': key }),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    }).catch(() => undefined);
    const text = await response?.text().catch(() => undefined);
    if (response && text !== undefined && response.status < 500)
      return { status: response.status, body: JSON.parse(text) };
    await setTimeout(25);
  }
}

/**
 * Posts, edits, deletes, shares, favourites and direct messages around juliet by people she follows, while the server
 * is stopped and killed in turn and started again. Each restart waits until the reader is back from the one before.
 * Answers with what her stream must have said when everything was answered.
 */
export async function stormAround(server: ServerProcess, sessions: () => number): Promise<Storm> {
  const once = new Set<string>();
  const atMostOnce = new Set<string>();
  let happened = 0;
  let restarts = 0;
  let readerBack: Promise<void> = Promise.resolve();
  let restarted: Promise<void> = Promise.resolve();
  const own = await postsOfJuliet(server, 3 * EVENTS, once);
  const restart = async () => {
    await restarted;
    await eventually('the reader is back', () => sessions() >= restarts);
    restarted = (async () => {
      await setTimeout(Math.random() * 20);
      await (restarts % 2 === 0 ? server.stop() : server.kill());
      await server.start();
    })();
  };

  async function actor(name: string): Promise<void> {
    const token = tokenOf(server, name);
    const ask = async (request: readonly [string, string, object?], key?: string) => {
      const { status, body } = await call(server, token, request, key);
      if (status !== 200) throw new Error(`${request[0]} ${request[1]}: ${status} ${JSON.stringify(body)}`);
      return body as Status;
    };
    const standing: { id: string; text: string }[] = [];
    for (let n = 0; happened < EVENTS; n++) {
      const text = `${name} ${n}`;
      const victim = standing[Math.floor(standing.length / 2)];
      const kind = victim ? n % 8 : 0;
      if (kind === 3 && victim) {
        await ask(['PUT', `/api/v1/statuses/${victim.id}`, { status: `${text} edited` }]);
        once.add(`status.update ${victim.id} ${text} edited`);
        victim.text = `${text} edited`;
      } else if (kind === 5 && victim) {
        standing.splice(standing.indexOf(victim), 1);
        const { status } = await call(server, token, ['DELETE', `/api/v1/statuses/${victim.id}`]);
        if (status !== 200 && status !== 404) throw new Error(`a delete was answered ${status}`);
        once.add(`delete ${victim.id}`);
        for (const said of once) {
          if (said.startsWith('delete ') || said.split(' ')[1] !== victim.id) continue;
          once.delete(said);
          atMostOnce.add(said);
        }
      } else if (kind === 6) {
        const mine = own.pop();
        if (!mine) throw new Error('juliet has too few posts');
        await ask(['POST', `/api/v1/statuses/${mine}/favourite`]);
        once.add(`notification favourite ${mine}`);
      } else if (kind === 7) {
        const { id } = await ask(
          ['POST', '/api/v1/statuses', { status: `@juliet ${text}`, visibility: 'direct' }],
          text,
        );
        once.add(`notification mention ${id}`);
        // She follows the author, so it stands in her home too.
        once.add(`update ${id} @juliet ${text}`);
      } else {
        const { id } = await ask(['POST', '/api/v1/statuses', { status: text }], text);
        once.add(`update ${id} ${text}`);
        standing.push({ id, text });
      }
      happened++;
      if (restarts < RESTARTS && happened >= ((restarts + 1) * EVENTS) / (RESTARTS + 1)) {
        restarts++;
        readerBack = restart();
      }
      await readerBack;
    }
  }
  await Promise.all(ACTORS.map(actor));
  await restarted;
  return { once, atMostOnce, count: once.size };
}

/** Enough of juliet's own posts to favourite; her stream tells her of them too. */
async function postsOfJuliet(server: ServerProcess, count: number, once: Set<string>): Promise<string[]> {
  const token = tokenOf(server, 'juliet');
  const ids: string[] = [];
  for (let n = 0; n < Math.ceil(count / 24) + ACTORS.length; n++) {
    const text = `juliet ${n}`;
    const { body } = await call(server, token, ['POST', '/api/v1/statuses', { status: text }], text);
    const { id } = body as Status;
    ids.push(id);
    once.add(`update ${id} ${text}`);
  }
  return ids;
}

export async function followEverybody(server: ServerProcess): Promise<void> {
  const token = tokenOf(server, 'juliet');
  for (const name of ACTORS) {
    const { body } = await call(server, token, ['GET', `/api/v1/accounts/lookup?acct=${name}`]);
    const { status } = await call(server, token, ['POST', `/api/v1/accounts/${(body as Status).id}/follow`, {}]);
    if (status !== 200) throw new Error(`juliet cannot follow ${name}: ${status}`);
  }
}
