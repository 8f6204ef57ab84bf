import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { HeadFile, headPath, readHead, replaceHead } from './head-file.ts';

const directory = mkdtempSync(join(tmpdir(), 'carillon-head-'));
afterAll(() => rmSync(directory, { recursive: true }));

test('a head is read as it was written, and rewritten in place', () => {
  expect(readHead(directory)).toEqual({ kind: 'missing' });
  replaceHead(directory, { epoch: 'abcdefg1', position: 0, commits: 0 });
  const file = new HeadFile(directory);
  const head = { epoch: 'abcdefg1', position: Number.MAX_SAFE_INTEGER, commits: 7 };
  file.write(head);
  file.close();

  expect(readHead(directory)).toEqual({ kind: 'sound', head });
});

test('every flipped bit and every cut is noticed', () => {
  const sound = readFileSync(headPath(directory));
  for (let bit = 0; bit < sound.length * 8; bit += 1) {
    const flipped = Buffer.from(sound);
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    writeFileSync(headPath(directory), flipped);
    expect(readHead(directory)).toEqual({ kind: 'damaged' });
  }
  for (let length = 0; length < sound.length; length += 1) {
    writeFileSync(headPath(directory), sound.subarray(0, length));
    expect(readHead(directory)).toEqual({ kind: 'damaged' });
  }
});
