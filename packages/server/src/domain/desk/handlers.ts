import { scheduledCommands, scheduledQueries } from './scheduled.ts';
import { sendingCommands, sendingQueries } from './sending.ts';

export const deskCommands = {
  ...scheduledCommands,
  ...sendingCommands,
};

export const deskQueries = {
  ...scheduledQueries,
  ...sendingQueries,
};
