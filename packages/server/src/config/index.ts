export type { SettingDescription } from './describe.ts';
export { SETTINGS } from './describe.ts';
export { loadSettings } from './load.ts';
export { nearestName } from './nearest.ts';
export { settingsJsonSchema, settingsReference, showSettings } from './reference.ts';
export { isLoopbackHost } from './rules.ts';
export type { Settings } from './settings.ts';
