export type { SettingDescription, SettingKind } from './describe.ts';
export { SETTINGS } from './describe.ts';
export type { Loaded, SettingProblem, SettingSources } from './load.ts';
export { COMMAND_VARIABLES, loadSettings } from './load.ts';
export { editDistance, nearestName } from './nearest.ts';
export type { ShownSetting } from './reference.ts';
export { settingsJsonSchema, settingsReference, showSettings } from './reference.ts';
export { isLoopbackHost } from './rules.ts';
export type { Settings } from './settings.ts';
