export type { Connections } from './connections.ts';
export type {
  Farewell,
  Goodbye,
  RequestHead,
  SocketOwner,
  SocketSink,
  StreamOwner,
  StreamRequest,
  StreamRoute,
  WebSocketOptions,
} from './contract.ts';
export { createEchoRoute } from './echo.ts';
export type { ConnectionKind, TransportEvents } from './events.ts';
export type { Health, InternalListener, InternalListenerOptions } from './internal-listener.ts';
export { createInternalListener } from './internal-listener.ts';
export type { Listener, ListenerOptions } from './listener.ts';
export { createListener } from './listener.ts';
export type { Problem, ProblemAt } from './problem.ts';
export { problem } from './problem.ts';
export type { RestApp, RestEnv } from './rest.ts';
export type { Plain, SessionMachine, Step } from './session.ts';
export type { ListenerLimits, ListenerSettings, ListenerTimeouts, PartialListenerSettings } from './settings.ts';
export { openTextFrame, textFrame } from './text-frame.ts';
