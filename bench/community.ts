import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Target } from './servers.ts';

/** Accounts made in one go; the server is asked so many things at once. */
const AT_ONCE = 32;

export interface Member {
  readonly id: string;
  readonly name: string;
  readonly token: string;
}

/** What the benches of community protocols ask of the server before they measure. */
export interface Community {
  member(name: string): Promise<Member>;
  members(prefix: string, count: number): Promise<readonly Member[]>;
  post(member: Member, path: string, body?: object): Promise<unknown>;
}

export function openCommunity({ url, adminToken }: { readonly url: string; readonly adminToken: string }): Community {
  async function ask(token: string, path: string, body: object): Promise<unknown> {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }

  async function member(name: string): Promise<Member> {
    // What the admin API answers with.
    const { id } = (await ask(adminToken, '/admin/accounts', { name })) as { id: string };
    const scopes = ['read', 'write', 'follow'];
    // The same.
    const made = (await ask(adminToken, `/admin/accounts/${name}/tokens`, { scopes })) as { token: string };
    return { id, name, token: made.token };
  }

  return {
    member,
    members: (prefix, count) => atOnce(Array.from({ length: count }, (_, n) => () => member(`${prefix}${n}`))),
    post: ({ token }, path, body = {}) => ask(token, path, body),
  };
}

/** Runs jobs side by side, a bounded number of them at once, and keeps the order of their answers. */
export async function atOnce<Answer>(jobs: readonly (() => Promise<Answer>)[]): Promise<readonly Answer[]> {
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

/** The target with one reader for each member, each with a token of its own. */
export function withTokens(target: Target, scratch: string, members: readonly Member[]): Target {
  const file = join(mkdtempSync(join(scratch, 'tokens-')), 'tokens');
  writeFileSync(file, members.map(({ token }) => `${token}\n`).join(''));
  return { ...target, load: (transport) => [...target.load(transport), `tokens=${file}`] };
}
