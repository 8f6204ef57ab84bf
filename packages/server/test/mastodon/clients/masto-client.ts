import { createHash, randomBytes } from 'node:crypto';
import { createOAuthAPIClient, createRestAPIClient, createStreamingAPIClient, type mastodon } from 'masto';
import { Ears, type StreamName } from './heard.ts';
import { codeFromPage } from './sign-in.ts';

const SCOPES = 'read write follow';
const BACK = 'https://app.example/back';

export type MastoRest = mastodon.rest.Client;

/** Signs in with masto as an application does: registers, sends its user to the page, trades the code with PKCE. */
export async function mastoToken(url: string, name: string, password: string): Promise<string> {
  const app = await createRestAPIClient({ url }).v1.apps.create({
    clientName: `masto of ${name}`,
    redirectUris: BACK,
    scopes: SCOPES,
    website: 'https://app.example',
  });
  const verifier = randomBytes(32).toString('base64url');
  const asked = new URLSearchParams({
    response_type: 'code',
    client_id: app.clientId ?? '',
    redirect_uri: BACK,
    scope: SCOPES,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const code = await codeFromPage(`${url}/oauth/authorize?${asked.toString()}`, name, password);
  // masto's types do not know the verifier; it sends what it is given.
  const traded = {
    clientId: app.clientId ?? '',
    clientSecret: app.clientSecret ?? '',
    redirectUri: BACK,
    grantType: 'authorization_code' as const,
    code,
    codeVerifier: verifier,
    scope: SCOPES,
  };
  return (await createOAuthAPIClient({ url }).token.create(traded)).accessToken;
}

export function mastoRest(url: string, accessToken: string): MastoRest {
  return createRestAPIClient({ url, accessToken });
}

export interface MastoStreams extends Disposable {
  readonly ears: Ears;
}

/** All streams of one reader over one WebSocket, at the address that the instance tells. */
export async function mastoStreams(
  rest: MastoRest,
  accessToken: string,
  { tag, list }: { readonly tag: string; readonly list: string },
): Promise<MastoStreams> {
  const { configuration } = await rest.v2.instance.fetch();
  const client = createStreamingAPIClient({ streamingApiUrl: configuration.urls.streaming, accessToken });
  const ears = new Ears();
  const subscriptions: Readonly<Record<StreamName, mastodon.streaming.Subscription>> = {
    user: client.user.subscribe(),
    'user:notification': client.user.notification.subscribe(),
    public: client.public.subscribe(),
    hashtag: client.hashtag.subscribe({ tag }),
    list: client.list.subscribe({ list }),
    direct: client.direct.subscribe(),
  };
  let isClosed = false;
  const ends = Object.entries(subscriptions).map(async ([name, events]) => {
    try {
      for await (const { event, payload } of events) {
        // The keys of `subscriptions`.
        ears.hear(name as StreamName, { event, payload: asOnTheWire(event, payload) });
      }
      if (!isClosed) ears.fail(`masto's stream ${name} ended`);
    } catch (error) {
      if (!isClosed) ears.fail(`masto's stream ${name} broke: ${String(error)}`);
    }
  });
  return {
    ears,
    [Symbol.dispose]() {
      isClosed = true;
      for (const events of Object.values(subscriptions)) events.unsubscribe();
      client.close();
      void Promise.allSettled(ends);
    },
  };
}

/** Masto gives its user keys in camel case, and reads the id of a deleted announcement as the number it looks like. */
function asOnTheWire(event: string, payload: unknown): unknown {
  return event === 'announcement.delete' ? String(payload) : snakeCased(payload);
}

function snakeCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snakeCased);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      snakeCased(inner),
    ]),
  );
}
