export { createLogger } from './logger.ts';
export { metricsReference } from './metric-table.ts';
export { createMetrics } from './metrics.ts';
export type { Telemetry } from './telemetry.ts';
export { createTelemetry } from './telemetry.ts';
