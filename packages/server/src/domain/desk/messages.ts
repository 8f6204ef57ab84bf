import type {
  AttachmentSnapshot,
  DraftPlace,
  DraftSnapshot,
  Message,
  PageQuery,
  PostView,
  ScheduledSnapshot,
  SnippetSnapshot,
  SubmessageSnapshot,
  UserStatusSnapshot,
} from '../../state/index.ts';
import type { NewPost } from '../posts/messages.ts';

/** A post that its author writes now for later. */
export interface ScheduledPost extends Omit<NewPost, 'actor' | 'origin' | 'createdAt'> {
  /** The OAuth application's id, to be told with the plan. */
  readonly client?: number;
}

/**
 * `dueAt` in milliseconds since 1970. Throws what `createPost` would throw now, and `unprocessable` for a time that is
 * over and beyond `MAX_SCHEDULED` of one account. Repeats of an idempotency key are answered with `{id}` alone.
 */
export const schedulePost: Message<{ actor: number; dueAt: number; post: ScheduledPost }, ScheduledSnapshot> = {
  name: 'scheduled.add',
};
/** Waiting and failed ones of one account. */
export const MAX_SCHEDULED = 300;
/** What failed waits again, for a time that is to come; throws `not-found` for others'. */
export const updateScheduled: Message<
  { actor: number; id: number; dueAt?: number; post?: ScheduledPost },
  ScheduledSnapshot
> = { name: 'scheduled.update' };
/** Its text is erased from the log; throws `not-found` for others' and for what was posted. */
export const cancelScheduled: Message<{ actor: number; id: number }, undefined> = { name: 'scheduled.cancel' };

/** Newest first, by their ids; failed ones too. */
export const scheduledOf: Message<{ viewer: number; page: PageQuery }, readonly ScheduledSnapshot[]> = {
  name: 'scheduled.of',
};
/** `undefined` for others'. */
export const scheduledById: Message<{ viewer: number; id: number }, ScheduledSnapshot | undefined> = {
  name: 'scheduled.by-id',
};

/** A post that waits, by the order in which they are sent. */
export interface DueScheduled {
  readonly id: number;
  readonly dueAt: number;
}
/** Those that wait and are due at `now`, after one of them. */
export const dueScheduled: Message<{ now: number; after: DueScheduled; limit: number }, readonly DueScheduled[]> = {
  name: 'scheduled.due',
};
/** When the first that is not due at `now` will be; `undefined` when none waits. */
export const nextScheduled: Message<{ now: number }, number | undefined> = { name: 'scheduled.next' };
/**
 * Makes the post and forgets that it was scheduled, in one commit: once, however often it is asked for. Answers with
 * nothing for what is gone, has failed, or is not due at `now`. Throws what `createPost` throws.
 */
export const sendScheduled: Message<{ id: number; now: number }, PostView | undefined> = { name: 'scheduled.send' };
/** Keeps what cannot be posted, with the reason, for its account to see; nothing for what is not due at `now`. */
export const failScheduled: Message<{ id: number; now: number; reason: string }, undefined> = {
  name: 'scheduled.fail',
};

export interface NewDraft {
  /** Kept as it is said; who may post there is asked when the draft is posted. */
  readonly to: DraftPlace;
  readonly topic: string;
  readonly text: string;
  /** Milliseconds since 1970; now when absent. */
  readonly editedAt?: number;
}
/** Of one account at once. */
export const MAX_DRAFTS = 1_000;
/** All or none; answers in their order. Throws `unprocessable` for what is no draft and beyond `MAX_DRAFTS`. */
export const createDrafts: Message<{ actor: number; drafts: readonly NewDraft[] }, readonly DraftSnapshot[]> = {
  name: 'drafts.create',
};
/** Replaces all of it; throws `not-found` for others'. */
export const editDraft: Message<{ actor: number; id: number; draft: NewDraft }, DraftSnapshot> = {
  name: 'drafts.edit',
};
/** Its text is erased from the log. */
export const deleteDraft: Message<{ actor: number; id: number }, undefined> = { name: 'drafts.delete' };
/** The one that was edited last is the last. */
export const draftsOf: Message<{ viewer: number }, readonly DraftSnapshot[]> = { name: 'drafts.of' };

/** Of one account at once. */
export const MAX_SNIPPETS = 1_000;
export const createSnippet: Message<{ actor: number; title: string; text: string }, SnippetSnapshot> = {
  name: 'snippets.create',
};
export const editSnippet: Message<{ actor: number; id: number; title?: string; text?: string }, SnippetSnapshot> = {
  name: 'snippets.edit',
};
export const deleteSnippet: Message<{ actor: number; id: number }, undefined> = { name: 'snippets.delete' };
/** Oldest first. */
export const snippetsOf: Message<{ viewer: number }, readonly SnippetSnapshot[]> = { name: 'snippets.of' };

/** What is absent stays as it is; an empty text and `null` say nothing more. Tells the community what changed. */
export const setUserStatus: Message<
  { actor: number; text?: string; emoji?: string | null; away?: boolean },
  UserStatusSnapshot
> = { name: 'user-status.set' };
/** Of every account that says something, by account; those that are suspended or gone say nothing. */
export const userStatuses: Message<object, readonly UserStatusSnapshot[]> = { name: 'user-status.all' };
/** Nothing said is an empty status. */
export const userStatusOf: Message<{ account: number }, UserStatusSnapshot> = { name: 'user-status.of' };

/** Of one account: every one of them is in memory while it is connected. */
export const MAX_ALERT_WORDS = 500;
/**
 * Words by which posts are marked for the account, whole and in letters of either case (`view/pattern.ts`). Answers with
 * all that there are; blank ones and those that are there already change nothing.
 */
export const addAlertWords: Message<{ actor: number; words: readonly string[] }, readonly string[]> = {
  name: 'alert-words.add',
};
export const removeAlertWords: Message<{ actor: number; words: readonly string[] }, readonly string[]> = {
  name: 'alert-words.remove',
};
export const alertWordsOf: Message<{ viewer: number }, readonly string[]> = { name: 'alert-words.of' };

/** Keys and values of one account, in UTF-8. */
export const MAX_BOT_STORAGE_BYTES = 1_000_000;
/** Writes all of the entries or none; throws `too-large` when they would be more than `MAX_BOT_STORAGE_BYTES`. */
export const putBotStorage: Message<{ actor: number; entries: Readonly<Record<string, string>> }, undefined> = {
  name: 'bot-storage.put',
};
/** All of them without `keys`; throws `not-found` for a key that is not there, and removes none then. */
export const removeBotStorage: Message<{ actor: number; keys?: readonly string[] }, undefined> = {
  name: 'bot-storage.remove',
};
/** All of them without `keys`; keys that are not there are left out. */
export const botStorageOf: Message<{ viewer: number; keys?: readonly string[] }, ReadonlyMap<string, string>> = {
  name: 'bot-storage.of',
};

/** Under one post. */
export const MAX_SUBMESSAGES = 1_000;
/**
 * Adds to a post that the actor may see. Throws `forbidden` unless its author was the first to add anything, and
 * `unprocessable` beyond `MAX_SUBMESSAGES` and for a long content.
 */
export const addSubmessage: Message<
  { actor: number; post: number; type: string; content: string },
  SubmessageSnapshot
> = { name: 'submessages.add' };
/** Of those of the posts that the viewer may see; oldest first. */
export const submessagesOf: Message<{ viewer: number; posts: readonly number[] }, readonly SubmessageSnapshot[]> = {
  name: 'submessages.of',
};

/** Newest first, those too that no post shows. */
export const attachmentsOf: Message<
  { viewer: number },
  { readonly attachments: readonly AttachmentSnapshot[]; readonly usedBytes: number }
> = { name: 'attachments.of' };
