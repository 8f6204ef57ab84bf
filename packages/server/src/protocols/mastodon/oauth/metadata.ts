import { accountSnapshot } from '../../../domain/index.ts';
import { toAccount } from '../entities/index.ts';
import { anyone, type Call, found, type Rest, SCOPES, user } from '../http/index.ts';

/** What applications find by themselves (RFC 8414), and who has signed in (OpenID Connect Core §5.3). */
export function addMetadata(rest: Rest): void {
  rest.get('/.well-known/oauth-authorization-server', anyone(), ({ site: { baseUrl } }) => ({
    issuer: baseUrl,
    service_documentation: 'https://docs.joinmastodon.org/',
    authorization_endpoint: `${baseUrl}/oauth/authorize`,
    token_endpoint: `${baseUrl}/oauth/token`,
    app_registration_endpoint: `${baseUrl}/api/v1/apps`,
    revocation_endpoint: `${baseUrl}/oauth/revoke`,
    userinfo_endpoint: `${baseUrl}/oauth/userinfo`,
    scopes_supported: SCOPES,
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: ['authorization_code', 'client_credentials'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
  }));
  rest.get('/oauth/userinfo', user('profile', 'read', 'read:accounts'), userInfo);
  rest.post('/oauth/userinfo', user('profile', 'read', 'read:accounts'), userInfo);
}

async function userInfo(call: Call<number>): Promise<unknown> {
  const snapshot = found(await call.query(accountSnapshot, { id: call.viewer }));
  const { display_name: name, username, uri, url, avatar } = toAccount(snapshot, call.site);
  return { iss: call.site.baseUrl, sub: uri, name, preferred_username: username, profile: url, picture: avatar };
}
