export type { OrganizationChange, OrganizationDefaults, OrganizationView } from './messages.ts';
export {
  accountRights,
  changeOrganization,
  organization,
  organizationSettingsNow,
  updateOrganization,
} from './messages.ts';
export { organizationCommands, organizationQueries } from './organization.ts';
export type { OrganizationSetting } from './settings.ts';
export { ORGANIZATION_SETTINGS } from './settings.ts';
