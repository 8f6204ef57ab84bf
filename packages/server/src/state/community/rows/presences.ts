export type PresenceStatus = 'offline' | 'active' | 'idle';

/** Whether an account is here. */
export interface PresenceRow {
  account: number;
  /** Whether others may know; the account's own choice. */
  shared: number;
  /** When its user was last known to do something, milliseconds since 1970; 0 for never. */
  active_at: number;
  /** When it was last known to be here without that. */
  idle_at: number;
  /** As it last reported. */
  status: 'active' | 'idle';
  /** Whether it has connections. */
  online: number;
  /** What the community was told last, and what the account itself. */
  told: PresenceStatus;
  told_self: PresenceStatus;
  /** When one of the two was told last. */
  told_at: number;
}
