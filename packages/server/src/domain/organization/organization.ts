import { CarillonError } from '@carillon/core';
import {
  type AccountSnapshot,
  accounts,
  announce,
  type CommandContext,
  type Database,
  type OrganizationRow,
  type OrganizationSnapshot,
  organizations,
} from '../../state/index.ts';
import { audited } from '../audit.ts';
import { loadAccount } from '../community/load-accounts.ts';
import { stands } from '../community/parties.ts';
import { auditAct, loadRights, requireRight } from '../community/rights.ts';
import { withChanges } from '../community/setting-types.ts';
import {
  accountRights,
  changeOrganization,
  type OrganizationChange,
  type OrganizationDefaults,
  type OrganizationView,
  organization,
  organizationSettingsNow,
  updateOrganization,
} from './messages.ts';
import { loadOrganizationSettings, ORGANIZATION_SETTINGS, storeOrganizationSettings } from './settings.ts';

/** The only row there is. */
const ID = 1;
const DEFAULT_LANGUAGE = 'en';
const UNSAID: OrganizationRow = {
  id: ID,
  title: null,
  description: null,
  registrations: null,
  rules: '[]',
  contact: null,
  language: null,
  languages: null,
  updated_at: 0,
};

export const organizationQueries = {
  [organization.name]: async (db: Database, { defaults }: { readonly defaults: OrganizationDefaults }) =>
    viewOf(db, await load(db), defaults),
  [organizationSettingsNow.name]: loadOrganizationSettings,
  [accountRights.name]: loadRights,
};

export const organizationCommands = {
  [updateOrganization.name]: audited(update),
  [changeOrganization.name]: changeByAccount,
};

interface Wanted {
  readonly change: OrganizationChange;
  readonly defaults: OrganizationDefaults;
}

/** Whoever changes nothing needs no more than to be allowed to. */
async function changeByAccount(
  context: CommandContext,
  { actor, ...wanted }: Wanted & { readonly actor: number },
): Promise<OrganizationView> {
  await requireRight(context, actor, 'organization.change');
  if (asksOwners(wanted.change)) await requireRight(context, actor, 'organization.change-owned');
  const view = await update(context, wanted);
  auditAct(context, actor, 'organization.update', '');
  return view;
}

function asksOwners({ settings = {} }: OrganizationChange): boolean {
  const asked = Object.entries(ORGANIZATION_SETTINGS).filter(([name]) => Object.hasOwn(settings, name));
  return asked.some(([, { changedBy }]) => changedBy === 'owners');
}

async function update(context: CommandContext, { change, defaults }: Wanted): Promise<OrganizationView> {
  const { db, now } = context;
  const before = await load(db);
  const shown = await viewOf(db, before, defaults);
  const row = await changed(context, before, change);
  const settings = withChanges(ORGANIZATION_SETTINGS, shown.settings, change.settings ?? {});
  if (JSON.stringify(row) !== JSON.stringify(before)) await organizations.put(db, { ...row, updated_at: now });
  if (settings.changed.length > 0) await storeOrganizationSettings(db, settings.values);
  const { contactAccount, ...told } = await viewOf(db, row, defaults);
  const names = [...changedTexts(shown, told), ...settings.changed];
  if (names.length === 0) return shown;
  announce(context, {
    type: 'organization.updated',
    topics: ['community'],
    data: { organization: told, changed: names },
  });
  return { ...told, contactAccount };
}

const TEXTS = ['title', 'description', 'registrations', 'rules', 'contact', 'language', 'languages'] as const;

/** What readers see differently, by name; the settings tell their own. */
function changedTexts(before: OrganizationSnapshot, after: OrganizationSnapshot): readonly (typeof TEXTS)[number][] {
  return TEXTS.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
}

async function changed(
  context: CommandContext,
  before: OrganizationRow,
  change: OrganizationChange,
): Promise<OrganizationRow> {
  const { rules, languages, registrations, contact, settings: _, ...texts } = change;
  if (texts.title === '') throw new CarillonError('unprocessable', 'title: a community has one');
  if (typeof contact === 'number') await requireContact(context.db, contact);
  return {
    ...before,
    ...texts,
    ...(registrations === undefined ? {} : { registrations: registrations === null ? null : Number(registrations) }),
    ...(rules === undefined ? {} : { rules: JSON.stringify(numbered(context, rulesOf(before), rules)) }),
    ...(contact === undefined ? {} : { contact }),
    ...(languages === undefined ? {} : { languages: languages === null ? null : JSON.stringify(languages) }),
  };
}

/** Whom clients show as the one to write to. */
async function requireContact(db: Database, id: number): Promise<void> {
  const row = await accounts.get(db, { id });
  if (row?.domain === null && stands(row)) return;
  throw new CarillonError('unprocessable', `contact: there is no account ${id} here`);
}

function numbered(
  context: CommandContext,
  known: OrganizationSnapshot['rules'],
  rules: Required<OrganizationChange>['rules'],
): OrganizationSnapshot['rules'] {
  const left = new Set(known.map(({ id }) => id));
  return rules.map(({ id, text, hint }) => {
    if (id === undefined) return { id: context.nextId(), text, hint };
    if (left.delete(id)) return { id, text, hint };
    throw new CarillonError('unprocessable', `rules: there is no rule ${id}, or it is there twice`);
  });
}

async function load(db: Database): Promise<OrganizationRow> {
  return (await organizations.get(db, { id: ID })) ?? UNSAID;
}

async function viewOf(db: Database, row: OrganizationRow, defaults: OrganizationDefaults): Promise<OrganizationView> {
  const contactAccount = await findContact(db, row);
  const language = row.language ?? DEFAULT_LANGUAGE;
  const others: readonly string[] = row.languages === null ? [] : JSON.parse(row.languages);
  return {
    title: row.title ?? defaults.title,
    description: row.description ?? defaults.description,
    registrations: row.registrations === null ? defaults.registrations : row.registrations === 1,
    rules: rulesOf(row),
    contact: contactAccount?.id ?? null,
    language,
    languages: [...new Set([language, ...others])],
    settings: await loadOrganizationSettings(db),
    contactAccount,
  };
}

/** Nobody once the account is suspended or gone. */
async function findContact(db: Database, { contact }: OrganizationRow): Promise<AccountSnapshot | null> {
  const account = contact === null ? undefined : await loadAccount(db, contact);
  return account === undefined || account.suspended ? null : account;
}

function rulesOf({ rules }: OrganizationRow): OrganizationSnapshot['rules'] {
  return JSON.parse(rules);
}
