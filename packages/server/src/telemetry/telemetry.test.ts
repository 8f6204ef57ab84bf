import { CarillonError } from '@carillon/core';
import { afterEach, describe, expect, it } from 'vitest';
import { createLogger, hideCredentials } from './logger.ts';
import { METRICS, metricsReference } from './metric-table.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { createTelemetry } from './telemetry.ts';

let open: Metrics | undefined;
afterEach(() => open?.close());

function start() {
  const lines: string[] = [];
  open = createMetrics();
  const log = createLogger({ level: 'debug', stream: { write: (line) => void lines.push(line) } });
  const telemetry = createTelemetry(log, open);
  const scrape = async () => (await telemetry.metrics.scrape()).body;
  return { telemetry, lines, scrape };
}

describe('metrics', () => {
  it('are all in one scrape, as the table describes them', async () => {
    const { scrape } = start();

    const body = await scrape();

    for (const { name, kind, help } of Object.values(METRICS)) {
      expect(body).toContain(`# HELP ${name} ${help}`);
      expect(body).toContain(`# TYPE ${name} ${kind}`);
      expect(metricsReference()).toContain(`| \`${name}\` | ${kind} |`);
    }
    expect(body).toContain('process_cpu_seconds_total');
  });

  it('count what happened', async () => {
    const { telemetry, scrape } = start();

    telemetry.opened('sse');
    telemetry.opened('sse');
    telemetry.closed('sse', 'stalled');
    telemetry.delivered(1_000, 200_000);
    telemetry.appended(3, 5, false);
    telemetry.appended(3, 5, true);
    telemetry.appendFailed(new CarillonError('storage-full', 'the disk is full'), 1);
    telemetry.jobsCounted({ open: 5, failing: 2 });
    telemetry.metrics.onScrape(() => telemetry.metrics.set('logPosition', {}, 42));

    const body = await scrape();
    for (const line of [
      'carillon_connections{transport="sse"} 1',
      'carillon_connections_opened_total{transport="sse"} 2',
      'carillon_connections_closed_total{transport="sse",reason="stalled"} 1',
      'carillon_slow_cuts_total 1',
      'carillon_deliveries_total 1000',
      'carillon_delivered_bytes_total 200000',
      'carillon_appended_events_total 3',
      'carillon_appends_total{outcome="duplicate"} 1',
      'carillon_appends_total{outcome="storage-full"} 1',
      'carillon_append_seconds_count 2',
      'carillon_open_jobs{state="waiting"} 3',
      'carillon_open_jobs{state="failing"} 2',
      'carillon_log_position 42',
    ]) {
      expect(body).toContain(`${line}\n`);
    }
  });
});

describe('the log', () => {
  it('is one JSON object a line, whatever is in it', () => {
    const { telemetry, lines } = start();

    telemetry.log.info({ path: '/x\n{"level":"fatal"}\u001b[31m', text: 'a\r\nb' }, 'a message');

    expect(lines).toHaveLength(1);
    expect(lines[0]?.trimEnd()).not.toMatch(/\p{Cc}/u);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'info', message: 'a message', text: 'a\r\nb' });
  });

  it('says of a failed job what it was, when it is tried again and where to read what to do', () => {
    const { telemetry, lines } = start();

    telemetry.jobFailed({ job: 7, kind: 'remove-shares', error: new Error('broken'), attempts: 2, dueAt: 0 });

    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      ...{ level: 'error', job: 7, kind: 'remove-shares', attempts: 2, againAt: '1970-01-01T00:00:00.000Z' },
      error: { message: 'broken' },
      message: expect.stringContaining('docs/operations.md'),
    });
  });

  it('writes no credential', () => {
    const { telemetry, lines } = start();
    const key = `ck_0123456789abcdef_${'x'.repeat(43)}`;
    const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl';

    telemetry.log.info(
      { token: key, request: { authorization: `Bearer ${jwt}` }, url: `/v1/events?access_token=${key}` },
      'asked',
    );
    telemetry.failed(new Error(`GET /?a=1&access_token=${jwt} with Bearer ${key}`, { cause: new Error(key) }), 'rest');
    telemetry.credentialRefused(`bad ${jwt}`);

    expect(lines).toHaveLength(3);
    for (const line of lines) {
      expect(line).not.toContain('x'.repeat(43));
      expect(line).not.toContain('c2lnbmF0dXJl');
    }
  });

  it.each([
    ['/v1/events?topic=a&access_token=abc', '/v1/events?topic=a&access_token=(secret)'],
    ['Authorization: Bearer abc.def', 'Authorization: Bearer (secret)'],
    ['topic=news&since=earliest', 'topic=news&since=earliest'],
    [7, 7],
  ])('shows %j as %j', (text, shown) => {
    expect(hideCredentials(text)).toBe(shown);
  });
});
