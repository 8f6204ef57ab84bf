import type { ZulipParts } from '../dependencies.ts';
import { Queues } from './queues.ts';

export function openQueues({ hub, log, views, commands, now, failed, settings }: ZulipParts): Queues {
  const site = () => ({ baseUrl: settings.baseUrl(), domain: settings.domain });
  return new Queues({ hub, log, views, commands, now, site, failed: (error) => failed(error, 'event queues') });
}
