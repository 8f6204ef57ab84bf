/** A post that is to be made later. */
export interface ScheduledPostRow {
  id: number;
  account: number;
  due_at: number;
  /** JSON of everything but its author. */
  post: string;
  /** JSON list of media ids, which nobody may tidy away meanwhile. */
  media: string;
  /** Why it could not be made when it was due; null while it waits. */
  failed: string | null;
  created_at: number;
}
