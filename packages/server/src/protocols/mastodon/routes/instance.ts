import { communityActivity, communityCounts, knownDomains, ownAccount } from '../../../domain/index.ts';
import { MEDIA_CONTENT_TYPES } from '../../../media/index.ts';
import { toInstance, toInstanceV1, toRules, wireVisibility } from '../entities/index.ts';
import { anyone, type Call, html, type Rest, user } from '../http/index.ts';

/** What the server says of itself (docs.joinmastodon.org/methods/instance). */
export function instanceRoutes(rest: Rest): void {
  rest.get('/api/v1/instance', anyone(), async (call) => toInstanceV1(await facts(call), call.site));
  rest.get('/api/v2/instance', anyone(), async (call) => toInstance(await facts(call), call.site));
  rest.get('/api/v1/instance/rules', anyone(), async (call) => toRules(await call.organization()));
  rest.get('/api/v1/instance/peers', anyone(), (call) => call.query(knownDomains, {}));
  rest.get('/api/v1/instance/activity', anyone(), activity);
  rest.get('/api/v1/instance/extended_description', anyone(), async (call) => {
    const { description } = await call.organization();
    return { updated_at: null, content: description === '' ? '' : html`<p>${description}</p>`.text };
  });
  rest.get('/api/v1/custom_emojis', anyone(), () => []);
  rest.get('/api/v1/preferences', user('read:accounts'), preferences);
}

async function facts(call: Call<number | null>) {
  const [counts, organization] = await Promise.all([call.query(communityCounts, {}), call.organization()]);
  return { ...call.deps.settings, mediaTypes: MEDIA_CONTENT_TYPES, counts, organization };
}

/** Twelve weeks, this one first; all numbers are texts. */
async function activity(call: Call<number | null>) {
  const weeks = await call.query(communityActivity, { now: call.deps.now() });
  return weeks.map(({ week, posts, authors, accounts }) => ({
    week: String(week),
    statuses: String(posts),
    logins: String(authors),
    registrations: String(accounts),
  }));
}

async function preferences(call: Call<number>) {
  const { settings } = await call.query(ownAccount, { account: call.viewer });
  return {
    'posting:default:visibility': wireVisibility(settings.visibility),
    'posting:default:sensitive': settings.sensitive,
    'posting:default:language': settings.language,
    'posting:default:quote_policy': 'nobody',
    'reading:expand:media': 'default',
    'reading:expand:spoilers': false,
    'reading:autoplay:gifs': false,
  };
}
