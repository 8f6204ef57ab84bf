export { startMediaChores } from './chores.ts';
export { MEDIA_CONTENT_TYPES } from './file-kind.ts';
export {
  createMediaStore,
  type MediaFile,
  type MediaStore,
  type MediaStoreSettings,
  type StoredMedia,
} from './store.ts';
export type { ComingUpload } from './upload-room.ts';
