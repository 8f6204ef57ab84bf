import { CarillonError } from '@carillon/core';
import { type Context, Hono } from 'hono';
import * as z from 'zod';
import {
  accountByAcct,
  type OrganizationChange,
  type OrganizationDefaults,
  type OrganizationView,
  organization,
  updateOrganization,
} from '../domain/index.ts';
import { type AdminCallDeps, adminCall, audit, readBody } from './admin-call.ts';

export interface OrganizationRoutesDeps extends AdminCallDeps {
  /** What holds where administrators said nothing. */
  readonly organization: OrganizationDefaults;
}

/** A tag of a language, with its script or region where they matter (RFC 5646 §2.1). */
const language = z
  .string()
  .max(35)
  .regex(/^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/, 'is not a language');
const rule = z.strictObject({
  id: z
    .string()
    .regex(/^\d{1,16}$/, 'is not an id')
    .optional(),
  text: z.string().trim().min(1).max(300),
  hint: z.string().trim().max(1_000).default(''),
});
const change = z.strictObject({
  title: z.string().trim().min(1).max(100).nullable().optional(),
  description: z.string().max(1_000).nullable().optional(),
  registrations: z.boolean().nullable().optional(),
  rules: z
    .array(z.union([rule, rule.shape.text.transform((text) => ({ text, hint: '', id: undefined }))]))
    .max(50)
    .optional(),
  /** The name of an account. */
  contact: z.string().min(1).max(100).nullable().optional(),
  language: language.nullable().optional(),
  languages: z.array(language).max(50).nullable().optional(),
  /** By name; the domain knows what each takes. */
  settings: z.record(z.string().max(100), z.union([z.boolean(), z.number(), z.string(), z.null()])).optional(),
});

/** `/admin/organization`: what the community says of itself. */
export function createOrganizationRoutes(deps: OrganizationRoutesDeps): Hono {
  const routes = new Hono();
  const { organization: defaults } = deps;
  routes.get('/admin/organization', async (context) => {
    const view = await adminCall(deps, context, { action: 'organization.show', target: '' }, async (entry) => {
      const { rows } = await deps.commands.query(organization, { defaults });
      await audit(deps, entry);
      return rows;
    });
    return context.json(show(view));
  });
  routes.patch('/admin/organization', async (context) => context.json(show(await update(deps, context))));
  return routes;
}

async function update(deps: OrganizationRoutesDeps, context: Context): Promise<OrganizationView> {
  const wanted = await readBody(context, change);
  return adminCall(deps, context, { action: 'organization.update', target: '' }, async (entry) => {
    const input = { change: await changeOf(deps, wanted), defaults: deps.organization };
    return (await deps.commands.run(updateOrganization, { input, entry })).result;
  });
}

async function changeOf(deps: OrganizationRoutesDeps, wanted: z.infer<typeof change>): Promise<OrganizationChange> {
  const { rules, contact, ...rest } = wanted;
  return {
    // An absent field is never there as `undefined`: the request was JSON.
    ...(rest as Omit<OrganizationChange, 'rules' | 'contact'>),
    ...(rules === undefined
      ? {}
      : { rules: rules.map(({ id, ...said }) => (id === undefined ? said : { id: Number(id), ...said })) }),
    ...(contact === undefined ? {} : { contact: contact === null ? null : await contactOf(deps, contact) }),
  };
}

async function contactOf({ commands }: OrganizationRoutesDeps, name: string): Promise<number> {
  const { rows } = await commands.query(accountByAcct, { acct: name.toLowerCase() });
  if (rows) return rows.id;
  throw new CarillonError('unprocessable', `contact: there is no account ${name}`);
}

function show({ contactAccount, rules, ...said }: OrganizationView): object {
  return {
    ...said,
    rules: rules.map((rule) => ({ ...rule, id: String(rule.id) })),
    contact: contactAccount?.name ?? null,
  };
}
