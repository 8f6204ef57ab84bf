import { type DestinationStream, destination, pino } from 'pino';

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/** Facts beside a message: named, flat, without credentials. */
export type LogFacts = Readonly<Record<string, unknown>>;

/** One JSON object a line, control characters escaped; the message is fixed text and what varies is a fact. */
export interface Logger {
  debug(facts: LogFacts, message: string): void;
  info(facts: LogFacts, message: string): void;
  warn(facts: LogFacts, message: string): void;
  error(facts: LogFacts, message: string): void;
}

const SECRET_NAMES = [
  'authorization',
  'cookie',
  'token',
  'adminToken',
  'access_token',
  'key',
  'secret',
  'apiKey',
  'jwtSecret',
];
const SECRET_PATHS = SECRET_NAMES.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

/** Writes to standard error unless told where else; blocking, so that the last line before an end is not lost. */
export function createLogger(options: { readonly level: LogLevel; readonly stream?: DestinationStream }): Logger {
  const { level, stream = destination({ dest: 2, sync: true }) } = options;
  const settings = {
    level,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: SECRET_PATHS, censor: '(secret)' },
    serializers: { error: describeError, err: describeError, url: hideCredentials, path: hideCredentials },
    messageKey: 'message',
  };
  return pino(settings, stream);
}

const IN_TEXT = [
  /([?&](?:access_token|token|key|authorization|api_key)=)[^&#\s"]*/gi,
  /(\bbearer\s+)[^\s",]+/gi,
  /(\bck_[0-9a-v]{16}_)[A-Za-z0-9_-]{43}/g,
];
const JWT = /\beyJ[\w-]+\.[\w-]+\.[\w-]*/g;

/** Text without what opens a door: tokens in addresses and headers, API keys, JWTs. */
export function hideCredentials(text: unknown): unknown {
  if (typeof text !== 'string') return text;
  let shown = text.replaceAll(JWT, '(secret)');
  for (const form of IN_TEXT) shown = shown.replaceAll(form, '$1(secret)');
  return shown;
}

/** Errors are written whole, for whoever must repair it; their text is cleaned all the same. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return hideCredentials(String(error));
  const { name, message, stack, cause } = error;
  return {
    name,
    ...('code' in error ? { code: error.code } : {}),
    message: hideCredentials(message),
    stack: hideCredentials(stack),
    ...(cause === undefined ? {} : { cause: describeError(cause) }),
  };
}
