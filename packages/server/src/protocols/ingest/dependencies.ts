import type { Authenticator } from '../../auth/index.ts';
import type { Commands } from '../../domain/index.ts';
import type { MediaStore } from '../../media/index.ts';
import type { BodyRenderer } from '../../render/index.ts';

export interface IngestDependencies {
  readonly authenticator: Authenticator;
  readonly commands: Commands;
  readonly media: MediaStore;
  readonly maxMediaBytes: number;
  readonly bodies: Pick<BodyRenderer, 'render'>;
  /** The community's own domain: nobody of it is brought from elsewhere. */
  readonly domain: string;
}
