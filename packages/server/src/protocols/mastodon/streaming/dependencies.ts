import type { SessionMachine } from '../../../transport/index.ts';
import type { MastodonDependencies, MastodonSettings } from '../dependencies.ts';
import type { Encodings } from './encodings.ts';
import type { Action, SessionInput, SessionState } from './session-state.ts';

export interface StreamingDependencies
  extends Pick<MastodonDependencies, 'authenticator' | 'gate' | 'hub' | 'log' | 'views' | 'failed' | 'resumed'> {
  readonly settings: Pick<MastodonSettings, 'baseUrl' | 'domain' | 'maxMessageBytes' | 'maxSubscriptions'>;
}

/** What all streams share, so that one of them costs only itself. */
export interface StreamingContext extends StreamingDependencies {
  readonly encodings: Encodings;
  readonly session: SessionMachine<SessionState, SessionInput, Action>;
}
