import type { AccountSnapshot, MediaSnapshot, OwnAccount, PostFlags } from '../../../domain/index.ts';
import { highlightedRole, roleOf } from './role.ts';
import { acctOf, day, mediaUrl, profileUrl, type Site } from './site.ts';
import type { Account, Approval, CredentialAccount } from './types.ts';
import { wireVisibility } from './visibility.ts';

/** Featuring in collections and quoting are not offered: nobody is allowed, by nobody's choice. */
export const NOBODY: Approval = { automatic: [], manual: [], current_user: 'denied' };

/** Accounts without a picture show these (`routes/pictures.ts`). */
export const MISSING_AVATAR = '/avatars/original/missing.png';
export const MISSING_HEADER = '/headers/original/missing.png';

/** An account as everybody sees it. One that is suspended keeps its keys and shows nothing of itself. */
export function toAccount(snapshot: AccountSnapshot, site: Site): Account {
  const { id, name, domain, kind, suspended, avatar, header, role } = snapshot;
  const isLocal = domain === null;
  const avatarUrl = picture(site, suspended ? null : avatar, MISSING_AVATAR);
  const headerUrl = picture(site, suspended ? null : header, MISSING_HEADER);
  const url = profileUrl(site, snapshot);
  return {
    id: String(id),
    username: name,
    acct: acctOf(snapshot),
    display_name: suspended ? '' : snapshot.displayName,
    locked: !suspended && snapshot.locked,
    bot: !suspended && kind === 'bot',
    discoverable: !suspended && snapshot.discoverable,
    indexable: !suspended && snapshot.indexable,
    group: kind === 'group',
    created_at: `${day(snapshot.createdAt)}T00:00:00.000Z`,
    note: suspended ? '' : snapshot.noteHtml,
    url,
    uri: isLocal ? `${site.baseUrl}/users/${name}` : url,
    avatar: avatarUrl,
    avatar_static: avatarUrl,
    avatar_description: suspended ? '' : (avatar?.description ?? ''),
    header: headerUrl,
    header_static: headerUrl,
    header_description: suspended ? '' : (header?.description ?? ''),
    followers_count: snapshot.followersCount,
    following_count: snapshot.followingCount,
    statuses_count: snapshot.postsCount,
    last_status_at: snapshot.lastPostAt === null ? null : day(snapshot.lastPostAt),
    hide_collections: null,
    show_media: true,
    show_media_replies: true,
    show_featured: true,
    emojis: [],
    fields: suspended
      ? []
      : snapshot.fields.map((field) => ({ name: field.name, value: field.html, verified_at: null })),
    feature_approval: NOBODY,
    ...(isLocal ? { noindex: false, roles: suspended || kind === 'group' ? [] : highlightedRole(role) } : {}),
    ...(suspended ? { suspended: true as const } : {}),
  };
}

/** An account as it sees itself. */
export function toCredentialAccount(own: OwnAccount, site: Site): CredentialAccount {
  const { account, settings, role, note, followRequests } = own;
  return {
    ...toAccount(account, site),
    source: {
      privacy: wireVisibility(settings.visibility),
      sensitive: settings.sensitive,
      language: settings.language,
      note,
      fields: account.fields.map(({ name, value }) => ({ name, value, verified_at: null })),
      follow_requests_count: followRequests,
      hide_collections: null,
      discoverable: account.discoverable,
      indexable: account.indexable,
      attribution_domains: [],
      quote_policy: 'nobody',
    },
    role: roleOf(role),
  };
}

/** What a viewer did with a post, when it did nothing. */
export const NO_FLAGS: PostFlags = { favourited: false, shared: false, bookmarked: false, muted: false, pinned: false };

function picture(site: Site, media: MediaSnapshot | null, missing: string): string {
  return media === null ? site.baseUrl + missing : mediaUrl(site, media.file);
}
