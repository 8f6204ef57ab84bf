// The face of this room towards the writer and reader threads.
export { EventTable } from './event-table.ts';
export { logQueries } from './query-handlers.ts';
export { lastEvent, salvageEvents } from './salvage-events.ts';
export { verifyEvents } from './verify-events.ts';
