// The face of this room towards the writer and reader threads: what is here loads the SQLite driver.
export { integrityQueries } from './integrity.ts';
export { Handover, runReader } from './reader.ts';
export { runWriter } from './writer.ts';
