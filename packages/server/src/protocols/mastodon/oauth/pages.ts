import { type Html, html, page } from '../http/index.ts';
import { formTarget, OUT_OF_BAND } from './redirect.ts';
import { type AuthorizationRequest, PARAMETERS, type Parameters } from './request.ts';

export interface SignInForm {
  readonly request: AuthorizationRequest;
  readonly parameters: Parameters;
  readonly title: string;
  readonly token: string;
  /** As it was typed the last time. */
  readonly name?: string;
  readonly problem?: { readonly text: string; readonly status: number };
}

/** Signing in and consenting are one form: there is no session that another page could use. */
export function signInPage({ request, parameters, title, token, name = '', problem }: SignInForm): Response {
  const { app, redirectUri, scopes } = request;
  const hidden = PARAMETERS.map((each) => html`<input type="hidden" name="${each}" value="${parameters[each] ?? ''}">`);
  const warning: Html = problem ? html`<p class="error" role="alert">${problem.text}</p>` : html``;
  const body = html`<h1>Sign in to ${title}</h1>
<p><strong>${app.name}</strong> asks to act for you. It will be allowed to:</p>
<ul>${scopes.map((scope) => html`<li>${meaning(scope)} <small>(${scope})</small></li>`)}</ul>
${warning}
<form method="post" action="/oauth/authorize">
${hidden}<input type="hidden" name="form_token" value="${token}">
<label>E-mail address or name <input name="name" value="${name}" autocomplete="username" autocapitalize="none" required autofocus></label>
<label>Password <input type="password" name="password" autocomplete="current-password" required></label>
<button name="decision" value="allow">Sign in and allow</button>
<button class="second" name="decision" value="deny" formnovalidate>Refuse</button>
</form>`;
  const targets = redirectUri === OUT_OF_BAND ? ["'self'"] : ["'self'", formTarget(redirectUri)];
  return page(body, { title: `Sign in to ${title}`, status: problem?.status ?? 200, formTargets: targets });
}

/** The code for an application that cannot be called: to be copied there. */
export function codePage(code: string): Response {
  return page(
    html`<h1>Your code</h1>
<p>Copy this code and give it to the application:</p>
<p><code>${code}</code></p>`,
    { title: 'Your code' },
  );
}

export function problemPage(text: string, status: number): Response {
  return page(
    html`<h1>This cannot be done</h1>
<p class="error" role="alert">${text}</p>`,
    { title: 'This cannot be done', status },
  );
}

function meaning(scope: string): string {
  const [verb = '', what] = scope.split(':');
  const object = what === undefined ? 'everything of your account' : `your ${what}`;
  switch (verb) {
    case 'read':
      return `see ${object}`;
    case 'write':
      return `change ${object}`;
    case 'profile':
      return 'know who you are';
    case 'follow':
      return 'follow, block and mute for you';
    default:
      return 'send you notifications';
  }
}
