import { until } from '@carillon/conformance';

export const STREAMS = ['user', 'user:notification', 'public', 'hashtag', 'list', 'direct'] as const;
export type StreamName = (typeof STREAMS)[number];

/** One event as a client gave it to its user; keys as on the wire. */
export interface Heard {
  readonly event: string;
  readonly payload: unknown;
}

/** What a client heard on each of its streams, in order. */
export class Ears {
  readonly #heard = new Map<StreamName, Heard[]>(STREAMS.map((name) => [name, []]));
  readonly #problems: string[] = [];

  hear(stream: StreamName, heard: Heard): void {
    this.on(stream).push(heard);
  }

  /** Something that no client should meet: it fails whoever waits. */
  fail(problem: string): void {
    this.#problems.push(problem);
  }

  on(stream: StreamName): Heard[] {
    const heard = this.#heard.get(stream);
    if (heard) return heard;
    throw new Error(`there is no stream ${stream}`);
  }

  async until(condition: (ears: this) => boolean, what: string, deadlineMs: number): Promise<void> {
    await until(
      () => {
        if (this.#problems.length > 0) throw new Error(this.#problems.join('\n'));
        return condition(this);
      },
      what,
      deadlineMs,
    ).catch((error: unknown) => {
      throw new Error(`${what}; heard so far: ${this.#told()}`, { cause: error });
    });
  }

  #told(): string {
    const told = ({ event, payload }: Heard): string => `${event} ${textIn(payload)}`;
    return STREAMS.map((name) => `${name}: ${this.on(name).map(told).join('; ')}`).join('\n');
  }
}

/** Enough of a payload to know it by. */
function textIn(payload: unknown): string {
  const [, content] = /"content":"((?:[^"\\]|\\.)*)"/.exec(JSON.stringify(payload) ?? '') ?? [];
  return content ?? String(payload).slice(0, 40);
}
