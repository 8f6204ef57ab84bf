import { type Database, type PresenceRow, presences } from '../../state/index.ts';
import type { PresenceView } from './messages.ts';

/** What an account that was never here has. */
export async function loadPresence(db: Database, account: number): Promise<PresenceRow> {
  const row = await presences.get(db, { account });
  return (
    row ?? {
      account,
      shared: 1,
      active_at: 0,
      idle_at: 0,
      status: 'active',
      online: 0,
      told: 'offline',
      told_self: 'offline',
      told_at: 0,
    }
  );
}

/** What others are told at the next change of it; they are not told of the choice itself. */
export async function sharePresence(db: Database, account: number, isShared: boolean): Promise<void> {
  await presences.put(db, { ...(await loadPresence(db, account)), shared: Number(isShared) });
}

export function presenceOf({ account, online, status, active_at, idle_at }: PresenceRow): PresenceView {
  return { account, status: online === 1 ? status : 'offline', activeAt: active_at, idleAt: idle_at };
}
