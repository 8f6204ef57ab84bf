import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { METRICS, type MetricDefinition, type MetricName } from './metric-table.ts';

type Labels<Name extends MetricName> = (typeof METRICS)[Name]['labels'][number];
type Kind<Name extends MetricName> = (typeof METRICS)[Name]['kind'];
type Named<Wanted extends string> = { [Name in MetricName]: Kind<Name> extends Wanted ? Name : never }[MetricName];
type Values<Name extends MetricName> = Readonly<Record<Labels<Name>, string>>;

/** All metrics of one server; the only file that knows which library counts them. */
export interface Metrics {
  count<Name extends Named<'counter'>>(name: Name, labels: Values<Name>, by?: number): void;
  set<Name extends Named<'gauge'>>(name: Name, labels: Values<Name>, value: number): void;
  add<Name extends Named<'gauge'>>(name: Name, labels: Values<Name>, by: number): void;
  observe<Name extends Named<'histogram'>>(name: Name, labels: Values<Name>, value: number): void;
  /** Calls back before every scrape, for gauges that are asked and not told. */
  onScrape(listener: () => void): void;
  /** Prometheus' text format. */
  scrape(): Promise<{ readonly contentType: string; readonly body: string }>;
  close(): void;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const counters = new Map<string, Counter>();
  const gauges = new Map<string, Gauge>();
  const histograms = new Map<string, Histogram>();
  const definitions: Record<string, MetricDefinition> = METRICS;
  for (const [name, { kind, name: shown, help, labels, buckets }] of Object.entries(definitions)) {
    const options = { name: shown, help, labelNames: [...labels], registers: [registry] };
    if (kind === 'counter') counters.set(name, new Counter(options));
    else if (kind === 'gauge') gauges.set(name, new Gauge(options));
    else histograms.set(name, new Histogram({ ...options, buckets: [...(buckets ?? [])] }));
  }
  const scraped = new Set<() => void>();
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  const metrics: Metrics = {
    count: (name, labels, by = 1) => known(counters, name).inc(labels, by),
    set: (name, labels, value) => known(gauges, name).set(labels, value),
    add: (name, labels, by) => known(gauges, name).inc(labels, by),
    observe: (name, labels, value) => known(histograms, name).observe(labels, value),
    onScrape: (listener) => void scraped.add(listener),
    async scrape() {
      for (const listener of scraped) listener();
      for (const [quantile, nanoseconds] of [
        ['0.5', delay.percentile(50)],
        ['0.99', delay.percentile(99)],
        ['1', delay.max],
      ] as const) {
        metrics.set('loopDelay', { quantile }, nanoseconds / 1e9);
      }
      delay.reset();
      return { contentType: registry.contentType, body: await registry.metrics() };
    },
    close() {
      delay.disable();
      registry.clear();
    },
  };
  return metrics;
}

function known<Metric>(metrics: ReadonlyMap<string, Metric>, name: string): Metric {
  const metric = metrics.get(name);
  if (metric === undefined) throw new Error(`no metric ${name}`);
  return metric;
}
