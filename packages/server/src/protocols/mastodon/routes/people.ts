import type { Rest } from '../http/index.ts';
import { accountRoutes } from './accounts.ts';
import { credentialRoutes } from './credentials.ts';
import { hiddenRoutes } from './hidden.ts';
import { instanceRoutes } from './instance.ts';
import { pageRoutes } from './pages.ts';
import { pictureRoutes } from './pictures.ts';
import { relationRoutes } from './relations.ts';
import { signUpRoutes } from './sign-up.ts';

/** Calls about the server, its accounts and how they stand to each other. */
export function peopleRoutes(rest: Rest): void {
  instanceRoutes(rest);
  // Before the calls whose path has an id where theirs have a name.
  credentialRoutes(rest);
  accountRoutes(rest);
  relationRoutes(rest);
  hiddenRoutes(rest);
  signUpRoutes(rest);
  pictureRoutes(rest);
  pageRoutes(rest);
}
