import type { Endpoint } from './http/index.ts';
import { channelEndpoints } from './routes/channels.ts';
import { messageEndpoints } from './routes/messages.ts';
import { reactionEndpoints } from './routes/reactions.ts';
import { queueEndpoints } from './routes/register.ts';
import { sendEndpoints } from './routes/send.ts';
import { serverEndpoints } from './routes/server.ts';
import { signInEndpoints } from './routes/sign-in.ts';
import { subscriptionEndpoints } from './routes/subscriptions.ts';
import { userEndpoints } from './routes/users.ts';

/** Every call, in the order in which they are looked for. */
export const ENDPOINTS: readonly Endpoint[] = [
  ...serverEndpoints,
  ...signInEndpoints,
  ...subscriptionEndpoints,
  ...userEndpoints,
  ...channelEndpoints,
  ...sendEndpoints,
  ...messageEndpoints,
  ...reactionEndpoints,
  ...queueEndpoints,
];
