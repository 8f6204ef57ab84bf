import type { Authenticator } from '../../auth/index.ts';
import type { Commands } from '../../domain/index.ts';
import type { MediaStore } from '../../media/index.ts';

export interface IngestDependencies {
  readonly authenticator: Authenticator;
  readonly commands: Commands;
  readonly media: MediaStore;
  /** The community's own domain: nobody of it is brought from elsewhere. */
  readonly domain: string;
  /** By which links in bodies begin; no slash at its end. */
  readonly baseUrl: () => string;
}
