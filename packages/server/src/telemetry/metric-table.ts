/** One metric as operators see it; the reference page and the registry are both made from this table. */
export interface MetricDefinition {
  readonly name: string;
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** Each takes values of a short closed list: never a topic, an address or a credential. */
  readonly labels: readonly string[];
  /** Upper bounds in the metric's unit. */
  readonly buckets?: readonly number[];
}

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

export const METRICS = {
  connections: {
    name: 'carillon_connections',
    kind: 'gauge',
    help: 'Open streams, WebSockets and parked long polls.',
    labels: ['transport'],
  },
  connectionsOpened: {
    name: 'carillon_connections_opened_total',
    kind: 'counter',
    help: 'Streams, WebSockets and parked long polls that began.',
    labels: ['transport'],
  },
  connectionsClosed: {
    name: 'carillon_connections_closed_total',
    kind: 'counter',
    help: 'Connections that ended, by reason: `client`, `drain`, `expired`, `revoked`, `stalled`, `limit`, `failed`.',
    labels: ['transport', 'reason'],
  },
  slowCuts: {
    name: 'carillon_slow_cuts_total',
    kind: 'counter',
    help: 'Connections closed because they took no byte for `hub.stalledAfterMs`.',
    labels: [],
  },
  requestsRefused: {
    name: 'carillon_requests_refused_total',
    kind: 'counter',
    help: 'Requests refused before any route saw them or at a limit, by error code.',
    labels: ['code'],
  },
  requestSeconds: {
    name: 'carillon_request_seconds',
    kind: 'histogram',
    help: 'Time to answer ordinary requests, by class of status.',
    labels: ['status'],
    buckets: SECONDS,
  },
  subscriptions: {
    name: 'carillon_subscriptions',
    kind: 'gauge',
    help: 'Attached readers, by state: `live` or `lagging`, and parked `wait`s.',
    labels: ['state'],
  },
  queries: {
    name: 'carillon_queries_total',
    kind: 'counter',
    help: 'Questions to the database: of requests and of connections that begin, never of a delivery.',
    labels: [],
  },
  appends: {
    name: 'carillon_appends_total',
    kind: 'counter',
    help: 'Appends by outcome: `stored`, `duplicate`, or the error code.',
    labels: ['outcome'],
  },
  appendedEvents: {
    name: 'carillon_appended_events_total',
    kind: 'counter',
    help: 'Events stored.',
    labels: [],
  },
  appendSeconds: {
    name: 'carillon_append_seconds',
    kind: 'histogram',
    help: 'Time from an append to its place on stable storage.',
    labels: [],
    buckets: SECONDS,
  },
  readSeconds: {
    name: 'carillon_read_seconds',
    kind: 'histogram',
    help: 'Time of one read of the log.',
    labels: [],
    buckets: SECONDS,
  },
  deliveries: {
    name: 'carillon_deliveries_total',
    kind: 'counter',
    help: 'Events handed to readers: one event to a thousand readers counts a thousand.',
    labels: [],
  },
  deliveredBytes: {
    name: 'carillon_delivered_bytes_total',
    kind: 'counter',
    help: 'Bytes of frames handed to readers.',
    labels: [],
  },
  resumes: {
    name: 'carillon_resumes_total',
    kind: 'counter',
    help: 'Subscriptions by how they began: `resumed` from a position, `gap`, or `fresh`.',
    labels: ['outcome'],
  },
  credentialsRefused: {
    name: 'carillon_credentials_refused_total',
    kind: 'counter',
    help: 'Requests whose credential was missing or did not count.',
    labels: [],
  },
  revocations: {
    name: 'carillon_revocations_total',
    kind: 'counter',
    help: 'Credentials revoked while this server ran.',
    labels: [],
  },
  logPosition: {
    name: 'carillon_log_position',
    kind: 'gauge',
    help: 'Position of the newest durable event.',
    labels: [],
  },
  openJobs: {
    name: 'carillon_open_jobs',
    kind: 'gauge',
    help: 'Work that commands left to be done for more than 100 recipients, by state: `waiting` or `failing`.',
    labels: ['state'],
  },
  faults: {
    name: 'carillon_faults_total',
    kind: 'counter',
    help: 'Faults of the server itself; each has a line in its log.',
    labels: [],
  },
  draining: {
    name: 'carillon_draining',
    kind: 'gauge',
    help: '1 while the server says goodbye to its connections.',
    labels: [],
  },
  drainRemaining: {
    name: 'carillon_drain_remaining_connections',
    kind: 'gauge',
    help: 'Connections that a drain has still to end.',
    labels: [],
  },
  loopDelay: {
    name: 'carillon_event_loop_delay_seconds',
    kind: 'gauge',
    help: 'Delay of the event loop since the last scrape, by quantile: `0.5`, `0.99`, `1`.',
    labels: ['quantile'],
  },
} as const satisfies Record<string, MetricDefinition>;

export type MetricName = keyof typeof METRICS;

/** The reference page of all metrics, in Markdown. */
export function metricsReference(): string {
  const rows = Object.values(METRICS).map(({ name, kind, labels, help }) => {
    const shown = labels.map((label) => `\`${label}\``).join(', ');
    return `| \`${name}\` | ${kind} | ${shown} | ${help} |`;
  });
  return `# Metrics

Generated by \`npm run docs\` from \`packages/server/src/telemetry/metric-table.ts\`; do not edit.

\`GET /metrics\` on the internal listener, in Prometheus' text format. Every label takes a short closed list of values.
Besides these, the process's own figures are there under \`process_\` and \`nodejs_\`.

| metric | kind | labels | meaning |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
}
