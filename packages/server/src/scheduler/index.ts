export { type SchedulerDependencies, startScheduler } from './start.ts';
