export type { Probe, ProbeDeps, ProbeResult } from './probe.ts';
export { createProbe } from './probe.ts';
