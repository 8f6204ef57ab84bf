import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Epoch, Position } from '@carillon/core';

/**
 * What the writer last acknowledged, beside the database (kernel K9): a database that ends before it has lost
 * acknowledged commits. It may be behind after a power failure, never ahead.
 */
export interface HeadRecord {
  readonly epoch: Epoch;
  readonly position: Position;
  /** Counts commits, so that losing one without events is noticed too. */
  readonly commits: number;
}

export type HeadState =
  | { readonly kind: 'missing' }
  | { readonly kind: 'damaged' }
  | { readonly kind: 'sound'; readonly head: HeadRecord };

const FORM = /^carillon-head 1 ([0-9a-z]{8}) (\d{16}) (\d{16}) ([0-9a-f]{8})\n$/;
const DIGITS = 16;

export function headPath(directory: string): string {
  return join(directory, 'head');
}

export function readHead(directory: string): HeadState {
  let text: string;
  try {
    text = readFileSync(headPath(directory), 'latin1');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { kind: 'missing' };
    throw error;
  }
  const match = FORM.exec(text);
  if (!match) return { kind: 'damaged' };
  const [, epoch = '', position = '', commits = '', sum = ''] = match;
  if (sumOf(text) !== sum) return { kind: 'damaged' };
  return { kind: 'sound', head: { epoch, position: Number(position), commits: Number(commits) } };
}

/** Puts a new head in place of whatever is there, on stable storage with its directory entry. */
export function replaceHead(directory: string, head: HeadRecord): void {
  const path = headPath(directory);
  const next = `${path}.new`;
  const file = openSync(next, 'w', 0o600);
  writeSync(file, encode(head), 0, 'latin1');
  fsyncSync(file);
  closeSync(file);
  renameSync(next, path);
  syncDirectory(directory);
}

/** Makes directory entries durable. */
export function syncDirectory(directory: string): void {
  const handle = openSync(directory, 'r');
  fsyncSync(handle);
  closeSync(handle);
  const parent = openSync(dirname(directory), 'r');
  fsyncSync(parent);
  closeSync(parent);
}

/** The head file of a running writer: rewritten in place after each commit. */
export class HeadFile {
  readonly #file: number;

  constructor(directory: string) {
    this.#file = openSync(headPath(directory), 'r+');
  }

  write(head: HeadRecord): void {
    writeSync(this.#file, encode(head), 0, 'latin1');
  }

  close(): void {
    fsyncSync(this.#file);
    closeSync(this.#file);
  }
}

function encode({ epoch, position, commits }: HeadRecord): string {
  const fields = `carillon-head 1 ${epoch} ${pad(position)} ${pad(commits)} `;
  return `${fields}${hex(crc32(fields))}\n`;
}

function sumOf(text: string): string {
  return hex(crc32(text.slice(0, -9)));
}

function pad(value: number): string {
  return String(value).padStart(DIGITS, '0');
}

function hex(sum: number): string {
  return sum.toString(16).padStart(8, '0');
}
