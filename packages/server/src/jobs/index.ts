export { type JobFailure, type JobRunner, startJobs } from './runner.ts';
