// The face of this room towards the writer and reader threads.
export { EventTable } from './event-table.ts';
export { logQueries } from './query-handlers.ts';
