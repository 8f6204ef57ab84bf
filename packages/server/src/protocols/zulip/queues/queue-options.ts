/** What a client asked for when it registered; everything absent is as Zulip has it by default. */
export interface QueueOptions {
  /** Types of events; absent: all. */
  readonly types?: readonly string[];
  readonly narrow?: readonly (readonly [operator: string, operand: string])[];
  /** Messages of public channels that it has not subscribed to. */
  readonly allPublic?: true;
  /** HTML instead of source. */
  readonly markdown?: true;
  readonly gravatar?: true;
  readonly slimPresence?: true;
  readonly subscribers?: true;
  /** Names of capabilities that it has, sorted. */
  readonly capabilities?: readonly string[];
}

const MOST_KNOWN = 1_024;
const known = new Map<string, QueueOptions>();

/** The same wishes give the same text, and are kept once. */
export function storeOptions({ types, capabilities, ...rest }: QueueOptions): string {
  return JSON.stringify({
    ...(types && { types: [...new Set(types)].toSorted() }),
    ...(capabilities && capabilities.length > 0 && { capabilities: capabilities.toSorted() }),
    ...Object.fromEntries(Object.entries(rest).toSorted(([a], [b]) => (a < b ? -1 : 1))),
  });
}

/** Equal texts give the same object. */
export function readOptions(text: string): QueueOptions {
  let options = known.get(text);
  if (options) return options;
  // Written by `storeOptions`, and guarded by its row's checksum.
  options = JSON.parse(text) as QueueOptions;
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(text, options);
  return options;
}
