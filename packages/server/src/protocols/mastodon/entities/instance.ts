import { MAX_PINS, type OrganizationView } from '../../../domain/index.ts';
import { MISSING_HEADER, toAccount } from './account.ts';
import type { Site } from './site.ts';
import type { Account } from './types.ts';

/** What the community says of itself to clients. */
export interface InstanceFacts {
  readonly organization: OrganizationView;
  /** Carillon's own. */
  readonly version: string;
  readonly maxPostCharacters: number;
  readonly maxMediaBytes: number;
  readonly maxPixels: number;
  readonly mediaTypes: readonly string[];
  readonly counts: {
    readonly accounts: number;
    readonly posts: number;
    readonly domains: number;
    readonly active: number;
  };
}

/** Whose calls these are: clients read the first three numbers and leave out what is newer. */
const COMPATIBLE = '4.6.5';
const API_VERSION = 11;

/** Bounds of a profile; `update_credentials` holds to them. */
export const PROFILE_LIMITS = { displayName: 30, note: 500, fields: 4, fieldText: 255 };
export const MEDIA_PER_POST = 4;
/** Addresses count as this many characters, however long they are. */
export const CHARACTERS_PER_ADDRESS = 23;
const MAX_DESCRIPTION = 1_500;

/** `GET /api/v1/instance`. */
export function toInstanceV1(facts: InstanceFacts, site: Site): object {
  const { counts, organization } = facts;
  const { urls: _, ...configuration } = configurationOf(facts, site);
  return {
    uri: site.domain,
    title: organization.title,
    short_description: organization.description,
    description: organization.description,
    email: '',
    version: versionOf(facts),
    urls: { streaming_api: streamingUrl(site) },
    stats: { user_count: counts.accounts, status_count: counts.posts, domain_count: counts.domains },
    thumbnail: site.baseUrl + MISSING_HEADER,
    languages: organization.languages,
    registrations: organization.registrations,
    approval_required: false,
    invites_enabled: false,
    configuration,
    contact_account: contactOf(facts, site),
    rules: toRules(organization),
  };
}

/** `GET /api/v2/instance`. */
export function toInstance(facts: InstanceFacts, site: Site): object {
  const { organization } = facts;
  return {
    domain: site.domain,
    title: organization.title,
    version: versionOf(facts),
    source_url: 'https://carillon.dev/',
    description: organization.description,
    usage: { users: { active_month: facts.counts.active } },
    thumbnail: { url: site.baseUrl + MISSING_HEADER },
    icon: [],
    languages: organization.languages,
    configuration: configurationOf(facts, site),
    registrations: {
      enabled: organization.registrations,
      approval_required: false,
      reason_required: false,
      message: null,
      min_age: null,
      url: null,
    },
    api_versions: { mastodon: API_VERSION },
    contact: { email: '', account: contactOf(facts, site) },
    rules: toRules(organization),
  };
}

/** `GET /api/v1/instance/rules`. */
export function toRules({ rules }: Pick<OrganizationView, 'rules'>): readonly object[] {
  return rules.map(({ id, text, hint }) => ({ id: String(id), text, hint, translations: {} }));
}

function contactOf({ organization: { contactAccount } }: InstanceFacts, site: Site): Account | null {
  return contactAccount === null ? null : toAccount(contactAccount, site);
}

function configurationOf({ maxPostCharacters, maxMediaBytes, maxPixels, mediaTypes }: InstanceFacts, site: Site) {
  const feeds = { local: 'public', remote: 'public' };
  return {
    urls: {
      streaming: streamingUrl(site),
      status: null,
      about: `${site.baseUrl}/`,
      privacy_policy: null,
      terms_of_service: null,
    },
    vapid: { public_key: '' },
    accounts: {
      max_display_name_length: PROFILE_LIMITS.displayName,
      max_note_length: PROFILE_LIMITS.note,
      max_featured_tags: 0,
      max_pinned_statuses: MAX_PINS,
      max_profile_fields: PROFILE_LIMITS.fields,
      profile_field_name_limit: PROFILE_LIMITS.fieldText,
      profile_field_value_limit: PROFILE_LIMITS.fieldText,
    },
    statuses: {
      max_characters: maxPostCharacters,
      max_media_attachments: MEDIA_PER_POST,
      characters_reserved_per_url: CHARACTERS_PER_ADDRESS,
    },
    media_attachments: {
      description_limit: MAX_DESCRIPTION,
      supported_mime_types: mediaTypes,
      image_size_limit: maxMediaBytes,
      image_matrix_limit: maxPixels,
      video_size_limit: maxMediaBytes,
      video_frame_rate_limit: 120,
      video_matrix_limit: maxPixels,
    },
    polls: { max_options: 0, max_characters_per_option: 0, min_expiration: 0, max_expiration: 0 },
    translation: { enabled: false },
    timelines_access: { live_feeds: feeds, hashtag_feeds: feeds, trending_link_feeds: feeds },
    limited_federation: true,
  };
}

function versionOf({ version }: InstanceFacts): string {
  return `${COMPATIBLE} (compatible; Carillon ${version})`;
}

/** Without a path: clients add it. */
function streamingUrl({ baseUrl }: Site): string {
  return baseUrl.replace(/^http/, 'ws');
}
