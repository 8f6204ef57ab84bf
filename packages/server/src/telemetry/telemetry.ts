import { type ErrorCode, toErrorValue } from '@carillon/core';
import { hideCredentials, type Logger } from './logger.ts';
import type { Metrics } from './metrics.ts';

type Transport = 'sse' | 'websocket' | 'poll';
type Ending = 'client' | 'drain' | 'expired' | 'revoked' | 'stalled' | 'limit' | 'failed';

/**
 * One function per thing that happens, each feeding the log and the counters, so that no two places say the same
 * differently. Functions need no `this`: they can be handed on one by one.
 */
export interface Telemetry {
  readonly log: Logger;
  readonly metrics: Metrics;
  started(facts: { readonly url: string; readonly internalUrl: string; readonly version: string }): void;
  opened(transport: Transport): void;
  closed(transport: Transport, reason: Ending): void;
  refused(code: ErrorCode): void;
  answered(request: { readonly method: string; readonly status: number; readonly durationMs: number }): void;
  /** A fault of ours: a bug, or a part that broke. */
  failed(error: unknown, where: string): void;
  /** Jobs that are open, and those of them that failed and have not gone on since. */
  jobsCounted(jobs: { readonly open: number; readonly failing: number }): void;
  /** Times are milliseconds since 1970. */
  jobFailed(failure: {
    readonly job: number;
    readonly kind: string;
    readonly error: unknown;
    readonly attempts: number;
    readonly dueAt: number;
  }): void;
  /** An append of so many events ended well after so many milliseconds. */
  appended(events: number, durationMs: number, duplicate: boolean): void;
  appendFailed(error: unknown, durationMs: number): void;
  read(durationMs: number): void;
  /** A question to the database, beside reads of the log. */
  queried(): void;
  delivered(readers: number, bytes: number): void;
  resumed(outcome: 'resumed' | 'gap' | 'fresh'): void;
  credentialRefused(reason: string): void;
  credentialRevoked(credentialId: string): void;
  drainBegan(connections: number): void;
  drainWent(remaining: number): void;
  drainEnded(): void;
}

export function createTelemetry(log: Logger, metrics: Metrics): Telemetry {
  return {
    log,
    metrics,
    started: (facts) => log.info(facts, 'ready'),
    opened(transport) {
      metrics.add('connections', { transport }, 1);
      metrics.count('connectionsOpened', { transport });
    },
    closed(transport, reason) {
      metrics.add('connections', { transport }, -1);
      metrics.count('connectionsClosed', { transport, reason });
      if (reason === 'stalled') metrics.count('slowCuts', {});
      if (reason !== 'client') log.debug({ transport, reason }, 'closed a connection');
    },
    refused: (code) => metrics.count('requestsRefused', { code }),
    answered({ method, status, durationMs }) {
      metrics.observe('requestSeconds', { status: `${Math.floor(status / 100)}xx` }, durationMs / 1000);
      log.debug({ method, status, durationMs }, 'answered a request');
    },
    failed(error, where) {
      metrics.count('faults', {});
      log.error({ error, where }, 'the server failed');
    },
    jobsCounted({ open, failing }) {
      metrics.set('openJobs', { state: 'waiting' }, open - failing);
      metrics.set('openJobs', { state: 'failing' }, failing);
    },
    jobFailed({ dueAt, ...failure }) {
      metrics.count('faults', {});
      log.error(
        { ...failure, againAt: new Date(dueAt).toISOString() },
        'a job failed; nothing is lost, it goes on where it was at `againAt`. If it fails again and again, see "When a job fails" in docs/operations.md',
      );
    },
    appended(events, durationMs, duplicate) {
      metrics.count('appends', { outcome: duplicate ? 'duplicate' : 'stored' });
      if (!duplicate) metrics.count('appendedEvents', {}, events);
      metrics.observe('appendSeconds', {}, durationMs / 1000);
    },
    appendFailed(error, durationMs) {
      const { code } = toErrorValue(error);
      metrics.count('appends', { outcome: code });
      if (code === 'internal' || code === 'storage-full' || code === 'corrupt' || code === 'unavailable') {
        log.error({ error, code, durationMs }, 'an append failed');
      }
    },
    queried: () => metrics.count('queries', {}),
    read: (durationMs) => metrics.observe('readSeconds', {}, durationMs / 1000),
    delivered(readers, bytes) {
      metrics.count('deliveries', {}, readers);
      metrics.count('deliveredBytes', {}, bytes);
    },
    resumed: (outcome) => metrics.count('resumes', { outcome }),
    credentialRefused(reason) {
      metrics.count('credentialsRefused', {});
      log.debug({ reason: hideCredentials(reason) }, 'refused a credential');
    },
    credentialRevoked(credentialId) {
      metrics.count('revocations', {});
      log.info({ credentialId }, 'revoked a credential');
    },
    drainBegan(connections) {
      metrics.set('draining', {}, 1);
      metrics.set('drainRemaining', {}, connections);
      log.info({ connections }, 'draining');
    },
    drainWent: (remaining) => metrics.set('drainRemaining', {}, remaining),
    drainEnded() {
      metrics.set('drainRemaining', {}, 0);
      log.info({}, 'drained');
    },
  };
}
