import { CarillonError, type NewEvent } from '@carillon/core';
import { type CommandContext, summedTable } from '../../storage/index.ts';
import { runWriter } from '../../storage/thread.ts';
import { logMigrations, logTables } from '../index.ts';
import { EventTable, lastEvent, salvageEvents, verifyEvents } from '../thread.ts';
import type { NoteInput } from './notes.ts';

const notes = summedTable<{ name: string; text: string }, 'name'>('notes', ['name', 'text'], ['name']);

function event(topic: string, text: string): NewEvent {
  return { type: 'note.written', topics: [topic], data: Buffer.from(text), subjects: [`note:${text}`] };
}

/** A writer with one small table of its own, to see state and events commit together. */
runWriter({
  migrations: [
    ...logMigrations,
    {
      room: 'notes',
      number: 1,
      up: (db) => db.exec('CREATE TABLE notes (name TEXT PRIMARY KEY, text TEXT NOT NULL, sum INTEGER NOT NULL)'),
    },
  ],
  tables: [...logTables, notes],
  handlers: {
    'notes.write': (context: CommandContext, { name, text, fail, repeat }: NoteInput) => {
      if (repeat !== undefined) context.answerRepeatsWith(repeat);
      notes.put(context.db, { name, text });
      const position = context.append(event('app:default/notes', text));
      const onNewTopic = context.append(event(`app:default/notes/${name}`, text));
      if (fail === 'refuse') throw new CarillonError('conflict', 'told to refuse');
      if (fail === 'bug') throw new TypeError('told to break');
      return { position, onNewTopic, id: context.nextId() };
    },
    'notes.erase': (context: CommandContext, { text }: NoteInput) => context.eraseSubject(`note:${text}`),
    'notes.remove': (context: CommandContext, { positions }: { readonly positions: readonly number[] }) =>
      context.remove(positions),
    'notes.forget': (context: CommandContext, { position }: { readonly position: number }) => {
      context.db.prepare('DELETE FROM events WHERE position = ?').run(position);
    },
  },
  verifyEvents,
  lastEvent,
  salvageEvents,
  openEvents: (db, settings) => new EventTable(db, settings.retention),
});
