import { CarillonError } from '@carillon/core';
import {
  accountsByAccts,
  type Commands,
  type MentionTarget,
  type RenderedBody,
  renderHtml,
  type Source,
} from '../domain/index.ts';
import { createTurns } from '../turns/index.ts';
import { RenderThread } from './render-thread-client.ts';
import { readText } from './steps.ts';

export interface BodyRendererDeps {
  readonly commands: Pick<Commands, 'query'>;
  /** The community's own. */
  readonly domain: string;
  /** By which links in bodies begin; no slash at its end. */
  readonly baseUrl: () => string;
  /** Of one body. */
  readonly maxMarkdownCharacters: number;
  /** How long one step may take in the thread. */
  readonly limitMs?: number;
}

export interface RenderWanted {
  /** For whom: each gets one turn after the other. */
  readonly owner: string;
  /** Accounts, by acct, that are mentioned beyond those that the text names. */
  readonly named?: readonly string[];
}

export interface BodyRenderer {
  /**
   * Renders a text with the accounts that it names as they are now. Short ones at once; others in a thread of their
   * own, so that nobody waits for them but their author. Throws `too-large` for more Markdown than is allowed,
   * `unprocessable` for what takes too long or becomes too long, and `rate-limited` when too many wait.
   */
  render(source: Source, wanted: RenderWanted): Promise<RenderedBody>;
  close(): Promise<void>;
}

/** Up to so many characters the worst text takes some 10 ms. */
const SHORT = 1_000;
const LIMIT_MS = 2_000;
const TURNS = { atOnce: 1, waiting: 500, waitingPerOwner: 50, what: 'long texts' };

interface Steps {
  readonly read: (source: Source) => ReturnType<RenderThread['read']>;
  readonly write: RenderThread['write'];
}

export function createBodyRenderer(deps: BodyRendererDeps): BodyRenderer {
  const { commands, domain, baseUrl, maxMarkdownCharacters, limitMs = LIMIT_MS } = deps;
  const thread = new RenderThread(limitMs);
  const turns = createTurns(TURNS);
  const here: Steps = {
    read: async (source) => readText(source, domain),
    write: async (...asked) => renderHtml(...asked),
  };
  const there: Steps = { read: (source) => thread.read(source, domain), write: (...asked) => thread.write(...asked) };

  async function renderIn({ read, write }: Steps, source: Source, named: readonly string[]): Promise<RenderedBody> {
    const { html, accts } = await read(source);
    const mentions = await find([...new Set([...accts, ...named])]);
    const body = await write(html, { mentions, baseUrl: baseUrl(), domain });
    const told = named.flatMap((acct) => mentions.get(acct)?.id ?? []);
    return { ...body, mentions: [...new Set([...body.mentions, ...told])] };
  }

  async function find(accts: readonly string[]): Promise<ReadonlyMap<string, MentionTarget>> {
    if (accts.length === 0) return new Map();
    const { rows } = await commands.query(accountsByAccts, { accts });
    return new Map(rows.map(({ acct, id, name, url }) => [acct, { id, name, url }]));
  }

  return {
    async render(source, { owner, named = [] }) {
      const { format, text } = source;
      if (format === 'markdown' && text.length > maxMarkdownCharacters) {
        const limit = maxMarkdownCharacters;
        throw new CarillonError('too-large', `a text in Markdown has at most ${limit} characters`, {
          facts: { limit },
        });
      }
      if (text.length <= SHORT) return renderIn(here, source, named);
      return turns.take(owner, () => renderIn(there, source, named));
    },
    close: () => thread.close(),
  };
}
