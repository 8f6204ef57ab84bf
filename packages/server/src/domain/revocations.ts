import type { Event } from '@carillon/core';
import type { CommandContext, Revocation } from '../state/index.ts';

const REVOKED = 'token.revoked';

/** Tells every node that a credential counts no more; without an end, for credentials that never expire. */
export function announceRevocation(context: CommandContext, revocation: Partial<Revocation>): void {
  context.append({ type: REVOKED, topics: ['system'], data: Buffer.from(JSON.stringify(revocation)) });
}

/** What a `token.revoked` event says; `undefined` for every other event. */
export function readRevocation(event: Event): Revocation | undefined {
  if (event.type !== REVOKED || !event.topics.includes('system')) return undefined;
  const { credentialId, expiresAtMs }: Record<string, unknown> = JSON.parse(Buffer.from(event.data).toString('utf8'));
  if (typeof credentialId !== 'string') throw new Error(`event ${event.position} revokes nothing`);
  return { credentialId, expiresAtMs: typeof expiresAtMs === 'number' ? expiresAtMs : Number.POSITIVE_INFINITY };
}
