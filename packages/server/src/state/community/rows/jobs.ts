/** What a command left to be done for more recipients than one commit serves. */
export interface JobRow {
  id: number;
  kind: string;
  /** JSON: ids alone, so that nothing in it ever has to be erased. */
  input: string;
  /** Recipients up to here are served. */
  cursor: number;
  /** Failures since it last went on. */
  attempts: number;
  /** Not to be tried before. */
  due_at: number;
  created_at: number;
}
