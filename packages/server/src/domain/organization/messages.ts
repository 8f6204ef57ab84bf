import type { AccountSnapshot, Message, OrganizationSettings, OrganizationSnapshot } from '../../state/index.ts';
import type { Audited } from '../audit.ts';
import type { Right } from '../community/rights.ts';

/** What holds where administrators said nothing: settings of the server. */
export interface OrganizationDefaults {
  readonly title: string;
  readonly description: string;
  readonly registrations: boolean;
}

export interface OrganizationView extends OrganizationSnapshot {
  /** Whom `contact` names. */
  readonly contactAccount: AccountSnapshot | null;
}

/** What is absent stays as it is; null goes back to the settings, or to nothing. */
export interface OrganizationChange {
  readonly title?: string | null;
  readonly description?: string | null;
  readonly registrations?: boolean | null;
  /** All of them, in their order: those with an id keep it, the others are new. */
  readonly rules?: readonly { readonly id?: number; readonly text: string; readonly hint: string }[];
  /** An account of the community. */
  readonly contact?: number | null;
  readonly language?: string | null;
  /** Beside the default language. */
  readonly languages?: readonly string[] | null;
  /** `ORGANIZATION_SETTINGS` says what each takes. */
  readonly settings?: Partial<OrganizationSettings>;
}

/** What the community says of itself. */
export const organization: Message<{ readonly defaults: OrganizationDefaults }, OrganizationView> = {
  name: 'organization.show',
};
/** The settings alone. */
export const organizationSettingsNow: Message<Record<string, never>, OrganizationSettings> = {
  name: 'organization.settings',
};
/** What an account may do beyond its own affairs, by its role and the settings. */
export const accountRights: Message<{ readonly account: number }, Readonly<Record<Right, boolean>>> = {
  name: 'organization.rights',
};
/** Announces `organization.updated`, which names what changed, when anything does. */
export const updateOrganization: Message<
  Audited<{ readonly change: OrganizationChange; readonly defaults: OrganizationDefaults }>,
  OrganizationView
> = { name: 'organization.update' };
/** The same by an account of the community, whose role must reach as far as what it changes asks for. */
export const changeOrganization: Message<
  { readonly actor: number; readonly change: OrganizationChange; readonly defaults: OrganizationDefaults },
  OrganizationView
> = { name: 'organization.change' };
