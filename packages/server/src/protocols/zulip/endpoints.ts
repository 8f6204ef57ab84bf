import type { Endpoint } from './http/index.ts';
import { serverEndpoints } from './routes/server.ts';
import { signInEndpoints } from './routes/sign-in.ts';
import { userEndpoints } from './routes/users.ts';

/** Every call, in the order in which they are looked for. */
export const ENDPOINTS: readonly Endpoint[] = [...serverEndpoints, ...signInEndpoints, ...userEndpoints];
