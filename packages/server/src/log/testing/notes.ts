import type { Message } from '../../storage/index.ts';

export interface NoteInput {
  readonly name: string;
  readonly text: string;
  readonly fail?: 'refuse' | 'bug';
  /** Repeats of the key are told only this. */
  readonly repeat?: string;
}

export interface Written {
  readonly position: number;
  readonly onNewTopic: number;
  readonly id: number;
}

export const writeNote: Message<NoteInput, Written> = { name: 'notes.write' };
export const eraseNote: Message<NoteInput, undefined> = { name: 'notes.erase' };
export const removeNotes: Message<{ readonly positions: readonly number[] }, undefined> = { name: 'notes.remove' };
export const allNotes: Message<undefined, readonly { name: string; text: string }[]> = { name: 'notes.all' };
/** Deletes an event's row behind the log's back. */
export const forgetEvent: Message<{ readonly position: number }, undefined> = { name: 'notes.forget' };
