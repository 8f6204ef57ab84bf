import type { Event } from '@carillon/core';
import type { CommandContext, Revocation } from '../state/index.ts';

const REVOKED = 'token.revoked';
const RESTORED = 'token.restored';

/** Tells every node that a credential counts no more; without an end, for credentials that never expire. */
export function announceRevocation(context: CommandContext, revocation: Partial<Revocation>): void {
  context.append({ type: REVOKED, topics: ['system'], data: Buffer.from(JSON.stringify(revocation)) });
}

/** Tells every node that a credential counts again: its account was suspended, and is no more. */
export function announceRestoration(context: CommandContext, credentialId: string): void {
  context.append({ type: RESTORED, topics: ['system'], data: Buffer.from(JSON.stringify({ credentialId })) });
}

/** What a `token.revoked` event says; `undefined` for every other event. */
export function readRevocation(event: Event): Revocation | undefined {
  if (event.type !== REVOKED || !event.topics.includes('system')) return undefined;
  const { credentialId, expiresAtMs } = readCredential(event);
  return { credentialId, expiresAtMs: typeof expiresAtMs === 'number' ? expiresAtMs : Number.POSITIVE_INFINITY };
}

/** The credential that a `token.restored` event names; `undefined` for every other event. */
export function readRestoration(event: Event): string | undefined {
  if (event.type !== RESTORED || !event.topics.includes('system')) return undefined;
  return readCredential(event).credentialId;
}

function readCredential(event: Event): { readonly credentialId: string; readonly expiresAtMs?: unknown } {
  const { credentialId, expiresAtMs }: Record<string, unknown> = JSON.parse(Buffer.from(event.data).toString('utf8'));
  if (typeof credentialId !== 'string') throw new Error(`event ${event.position} names no credential`);
  return { credentialId, expiresAtMs };
}
