export type { Site } from './site.ts';
export { escapeText, missingPicture } from './site.ts';
export { emailOf, toUser } from './user.ts';
