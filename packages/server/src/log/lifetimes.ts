import { parseTopic } from '@carillon/core';
import type { RetentionSettings } from '../storage/index.ts';

/** Milliseconds that events of a topic live; infinite for streams, which end only by being removed. */
export function lifetimeOf(topic: string, retention: RetentionSettings): number {
  const name = parseTopic(topic);
  switch (name.class) {
    case 'stream':
      return Number.POSITIVE_INFINITY;
    case 'app':
      return retention.apps[name.app ?? ''] ?? retention.appMs;
    case 'community':
      // Who is here now is told anew to whoever comes back.
      return topic === 'presence' ? retention.systemMs : retention.communityMs;
    case 'system':
      return retention.systemMs;
  }
}
