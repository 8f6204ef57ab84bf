export type { LogFacts, Logger, LogLevel } from './logger.ts';
export { createLogger, hideCredentials } from './logger.ts';
export type { MetricDefinition, MetricName } from './metric-table.ts';
export { METRICS, metricsReference } from './metric-table.ts';
export type { Metrics } from './metrics.ts';
export { createMetrics } from './metrics.ts';
export type { Telemetry } from './telemetry.ts';
export { createTelemetry } from './telemetry.ts';
