import { CarillonError } from '@carillon/core';
import { type Context, Hono } from 'hono';
import * as z from 'zod';
import {
  accountByAcct,
  accountByName,
  assignAffiliation,
  type ChannelSnapshot,
  createChannel,
  deleteAnnouncement,
  ownAcct,
  publishAnnouncement,
} from '../domain/index.ts';
import type { BodyRenderer } from '../render/index.ts';
import { type AdminCallDeps, adminCall, audit, readBody } from './admin-call.ts';

export interface CommunityRoutesDeps extends AdminCallDeps {
  readonly domain: string;
  readonly bodies: Pick<BodyRenderer, 'render'>;
}

const time = z.iso.datetime({ offset: true }).transform(Date.parse);
const announcement = z.strictObject({
  text: z.string().trim().min(1).max(10_000),
  startsAt: time.optional(),
  endsAt: time.optional(),
  allDay: z.boolean().default(false),
});
const channel = z.strictObject({
  name: z.string().min(1).max(100),
  /** Account that owns it. */
  owner: z.string().min(1).max(100),
  title: z.string().max(200).default(''),
  description: z.string().max(5_000).default(''),
  access: z.enum(['open', 'authorize', 'whitelist']).default('open'),
  defaultAffiliation: z.enum(['publisher', 'member']).default('publisher'),
});
const member = z.strictObject({
  /** Name of an account, `romeo` or `romeo@verona.example`. */
  account: z.string().min(1).max(400),
  affiliation: z.enum(['owner', 'moderator', 'publisher', 'member', 'none', 'outcast']),
});

/** `/admin/announcements` and `/admin/channels`. */
export function createCommunityRoutes(deps: CommunityRoutesDeps): Hono {
  const routes = new Hono();
  routes.post('/admin/announcements', async (context) => context.json(await publish(deps, context), 201));
  routes.delete('/admin/announcements/:id', async (context) => {
    const id = readId(context.req.param('id'));
    await adminCall(deps, context, { action: 'announcements.delete', target: String(id) }, (entry) =>
      deps.commands.run(deleteAnnouncement, { input: { id }, entry }),
    );
    return context.json({ id: String(id), deleted: true });
  });
  routes.post('/admin/channels', async (context) => context.json(await addChannel(deps, context), 201));
  routes.post('/admin/channels/:name/affiliations', async (context) =>
    context.json(await affiliate(deps, context, context.req.param('name'))),
  );
  return routes;
}

async function publish(deps: CommunityRoutesDeps, context: Context): Promise<object> {
  const { text, startsAt = null, endsAt = null, allDay } = await readBody(context, announcement);
  if (startsAt !== null && endsAt !== null && endsAt < startsAt) {
    throw new CarillonError('bad-request', 'endsAt: is before startsAt');
  }
  return adminCall(deps, context, { action: 'announcements.publish', target: '' }, async (entry) => {
    const { html } = await deps.bodies.render({ format: 'markdown', text }, { owner: entry.actor });
    const input = { text, html, startsAt, endsAt, allDay };
    const { result } = await deps.commands.run(publishAnnouncement, { input, entry });
    return { id: String(result.id), html: result.html, publishedAt: new Date(result.publishedAt).toISOString() };
  });
}

async function addChannel(deps: CommunityRoutesDeps, context: Context): Promise<object> {
  const { name, owner, ...wanted } = await readBody(context, channel);
  return adminCall(deps, context, { action: 'channels.create', target: name }, async (entry) => {
    const actor = await accountId(deps, owner);
    const { result } = await deps.commands.run(createChannel, {
      ...wanted,
      actor,
      granted: true,
      slug: name,
      title: wanted.title || name,
    });
    await audit(deps, entry);
    return showChannel(result);
  });
}

async function affiliate(deps: CommunityRoutesDeps, context: Context, slug: string): Promise<object> {
  const { account, affiliation } = await readBody(context, member);
  const [name, acct] = [slug.toLowerCase().slice(0, 100), account.toLowerCase()];
  const target = `${name} ${acct} ${affiliation}`.slice(0, 200);
  return adminCall(deps, context, { action: 'channels.affiliate', target }, async (entry) => {
    const channel = await partyId(deps, name, 'group');
    const input = { channel, target: await partyId(deps, acct, 'account'), affiliation };
    await deps.commands.run(assignAffiliation, { input, entry });
    return { channel: name, account: acct, affiliation };
  });
}

async function partyId({ commands, domain }: CommunityRoutesDeps, acct: string, kind: 'account' | 'group') {
  const { rows } = await commands.query(accountByAcct, { acct: ownAcct(acct, domain) });
  if (rows && (rows.kind === 'group') === (kind === 'group')) return rows.id;
  throw new CarillonError('not-found', `there is no ${kind === 'group' ? 'channel' : 'account'} ${acct.slice(0, 100)}`);
}

async function accountId({ commands }: CommunityRoutesDeps, name: string): Promise<number> {
  const { rows } = await commands.query(accountByName, { name: name.toLowerCase() });
  if (rows) return rows.id;
  throw new CarillonError('not-found', `there is no account ${name.slice(0, 100)}`);
}

function readId(text: string): number {
  if (/^\d{1,16}$/.test(text)) return Number(text);
  throw new CarillonError('not-found', 'there is nothing of this id');
}

function showChannel({ id, slug, title, access }: ChannelSnapshot): object {
  return { id: String(id), name: slug, title, access };
}
