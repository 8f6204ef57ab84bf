import {
  type AccountSnapshot,
  accountByAcct,
  accountPosts,
  normalizeTag,
  type PostSnapshot,
  postById,
  tagTimeline,
} from '../../../domain/index.ts';
import { acctOf, iso, mediaUrl, toAccount } from '../entities/index.ts';
import { anyone, type Call, Html, html, notFound, page, type Rest } from '../http/index.ts';
import { localAcct } from './accounts.ts';

const RECENT = 10;

/** The addresses that entities link to, for people: a profile, a post and a tag, as everybody may see them. */
export function pageRoutes(rest: Rest): void {
  rest.get('/:acct{@[^/]+}', anyone(), profilePage);
  rest.get('/:acct{@[^/]+}/:id', anyone(), postPage);
  rest.get('/tags/:name', anyone(), tagPage);
  rest.get('/users/:acct', anyone(), profilePage);
  rest.get('/users/:acct/statuses/:id', anyone(), postPage);
}

async function profilePage(call: Call<number | null>): Promise<Response> {
  const account = await named(call);
  const rows = await call.query(accountPosts, { viewer: null, account: account.id, page: { limit: RECENT } });
  const posts = (rows ?? []).map(({ post }) => post.shared ?? post);
  return page(
    html`<h1>${account.displayName}</h1>
<p>@${acctOf(account)}@${call.site.domain}</p>
${new Html(account.noteHtml)}
<p>${account.postsCount} posts, ${account.followersCount} followers, follows ${account.followingCount}</p>
${posts.map((post) => article(post, call))}`,
    { title: `${account.displayName} (@${acctOf(account)})` },
  );
}

async function postPage(call: Call<number | null>): Promise<Response> {
  const account = await named(call);
  const view = await call.query(postById, { viewer: null, id: call.id() });
  if (!view || view.post.author.id !== account.id) throw notFound();
  const post = view.post.shared ?? view.post;
  return page(article(post, call), { title: `${post.author.displayName}: ${post.text.slice(0, 60)}` });
}

async function tagPage(call: Call<number | null>): Promise<Response> {
  const tag = normalizeTag(call.param('name'));
  if (tag === '') throw notFound();
  const rows = await call.query(tagTimeline, { viewer: null, tag, page: { limit: RECENT } });
  const title = `#${tag}`;
  return page(html`<h1>${title}</h1>${rows.map(({ post }) => article(post, call))}`, { title });
}

function article(post: PostSnapshot, { site }: Call<number | null>): Html {
  const author = toAccount(post.author, site);
  const pictures = post.media.filter(({ type }) => type === 'image');
  // Its HTML and that of profiles was made safe when it was written.
  const content = new Html(post.html);
  const body = html`${content}${pictures.map(
    ({ file, description }) => html`<p><img src="${mediaUrl(site, file)}" alt="${description ?? ''}"></p>`,
  )}`;
  const shown = post.warning === '' ? body : html`<details><summary>${post.warning}</summary>${body}</details>`;
  return html`<article><p><a href="${author.url}">${author.display_name || author.acct}</a>
<a href="${author.url}/${post.id}"><time datetime="${iso(post.createdAt)}">${iso(post.createdAt).slice(0, 16).replace('T', ' ')}</time></a></p>
${shown}</article>`;
}

/** Local accounts alone: others have a page of their own. */
async function named(call: Call<number | null>): Promise<AccountSnapshot> {
  const acct = localAcct(call.param('acct'), call.site.domain);
  const account = acct.includes('@') ? undefined : await call.query(accountByAcct, { acct });
  if (!account || account.domain !== null || account.suspended) throw notFound();
  return account;
}
