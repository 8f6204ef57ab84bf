import type { SessionMachine } from '../../../transport/index.ts';
import type { MastodonDependencies } from '../dependencies.ts';
import type { Encodings } from './encodings.ts';
import type { Action, SessionInput, SessionState } from './session-state.ts';

/** What all streams share, so that one of them costs only itself. */
export interface StreamingContext extends MastodonDependencies {
  readonly encodings: Encodings;
  readonly session: SessionMachine<SessionState, SessionInput, Action>;
}
