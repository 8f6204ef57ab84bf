import { organization } from '../../../domain/index.ts';
import { escapeText, missingPicture } from '../entities/index.ts';
import { type Call, type Endpoint, endpoint } from '../http/index.ts';
import { ZULIP_FEATURE_LEVEL, ZULIP_VERSION } from '../version.ts';

/** What this server is (zulip.com/api/get-server-settings). */
export const serverEndpoints: readonly Endpoint[] = [
  endpoint('GET /server_settings', {
    access: 'anyone',
    about: 'What this server is and how one signs in; credentials are not looked at.',
    parameters: {},
    run: serverSettings,
  }),
];

async function serverSettings(call: Call) {
  const { deps, site } = call;
  const { title, description, registrations } = deps.settings;
  const said = await call.query(organization, { defaults: { title, description, registrations } });
  return {
    zulip_version: ZULIP_VERSION,
    zulip_merge_base: ZULIP_VERSION,
    zulip_feature_level: ZULIP_FEATURE_LEVEL,
    push_notifications_enabled: false,
    is_incompatible: false,
    email_auth_enabled: true,
    require_email_format_usernames: false,
    realm_url: site.baseUrl,
    realm_uri: site.baseUrl,
    realm_name: said.title,
    realm_icon: missingPicture(site),
    realm_description: `<p>${escapeText(said.description)}</p>`,
    realm_web_public_access_enabled: false,
    authentication_methods: { password: true, email: true, dev: deps.dev, ldap: false, remoteuser: false },
    external_authentication_methods: [],
  };
}
