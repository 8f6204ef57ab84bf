import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Requirement } from './fault.ts';

/** Which of these this machine lacks, with the reason. */
export function missing(needs: readonly Requirement[]): readonly string[] {
  return needs.flatMap((need) => {
    const reason = PROBES[need]();
    return reason === undefined ? [] : [`${need}: ${reason}`];
  });
}

const PROBES: Readonly<Record<Requirement, () => string | undefined>> = {
  root: () => (process.getuid?.() === 0 ? undefined : 'this user may not mount'),
  gcc: () => attempt(() => run('gcc', '--version')),
  tmpfs: () => attempt(() => probe((at) => mountTmpfs(at, '1m'))),
  'loop mount': () =>
    attempt(() =>
      probe((at) => {
        const image = `${at}.img`;
        try {
          makeImage(image, 8);
          mountImage(image, at);
        } finally {
          rmSync(image, { force: true });
        }
      }),
    ),
};

/** An ext4 file system in a file: what is not yet written back or synced is not in the file. */
export function makeImage(image: string, megabytes: number): void {
  writeFileSync(image, '');
  truncateSync(image, megabytes * 1_048_576);
  run('mkfs.ext4', '-q', '-F', image);
}

/** The journal commits by itself only every five minutes, so that only what was synced reaches the file. */
export function mountImage(image: string, at: string): void {
  mkdirSync(at, { recursive: true });
  run('mount', '-o', 'loop,commit=300', image, at);
}

export function mountTmpfs(at: string, size: string, inodes = 0): void {
  mkdirSync(at, { recursive: true });
  run('mount', '-t', 'tmpfs', '-o', `size=${size}${inodes > 0 ? `,nr_inodes=${inodes}` : ''}`, 'tmpfs', at);
}

export function unmount(at: string): void {
  if (existsSync(at)) run('umount', at);
}

/** Copies a backing file as it is on its disk now. */
export function copyImage(from: string, to: string): void {
  run('cp', '--sparse=always', from, to);
}

export function run(command: string, ...argv: string[]): string {
  return execFileSync(command, argv, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

function probe(mount: (at: string) => void): void {
  const at = mkdtempSync(join(tmpdir(), 'carillon-probe-'));
  try {
    mount(at);
    unmount(at);
  } finally {
    rmSync(at, { recursive: true, force: true });
  }
}

function attempt(act: () => unknown): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    return error instanceof Error ? (error.message.split('\n')[0] ?? 'failed') : String(error);
  }
}
