import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface SystemPackage {
  readonly name: string;
  /** A file that the package brings; it is there exactly when the package is. */
  readonly probe: string;
  /** The suites that cannot run without it. */
  readonly suites: readonly string[];
}

const OF_SUITES = join(import.meta.dirname, 'system-packages.txt');

/** Installs what of a list is missing if this process may; answers what is still missing afterwards. */
export function ensureSystemPackages(list: string = OF_SUITES): readonly SystemPackage[] {
  const missing = (): readonly SystemPackage[] => readList(list).filter(({ probe }) => !existsSync(probe));
  const wanted = missing().map(({ name }) => name);
  if (wanted.length === 0 || process.getuid?.() !== 0) return missing();
  const apt = (...args: readonly string[]): void => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    execFileSync('apt-get', [...args], { env, stdio: ['ignore', 'inherit', 'inherit'], timeout: 600_000 });
  };
  try {
    apt('update', '-q');
    apt('install', '-q', '-y', '--no-install-recommends', ...wanted);
  } catch (error) {
    console.error(`apt-get could not install ${wanted.join(' ')}: ${String(error)}`);
  }
  return missing();
}

function readList(list: string): SystemPackage[] {
  const lines = readFileSync(list, 'utf8').split('\n');
  return lines
    .filter((line) => /^[^#\s]/.test(line))
    .map((line) => {
      const [name = '', probe = '', ...suites] = line.split(/\s+/);
      return { name, probe, suites };
    });
}
