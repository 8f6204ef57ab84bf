import { fileURLToPath } from 'node:url';

/**
 * Arguments that run a program of this package, `name` without its ending, in a process of its own: from source in a
 * checkout, where packages resolve under the source condition, and from `dist` when installed.
 */
export function programArguments(base: string, name: string): string[] {
  const isSource = base.endsWith('.ts');
  const file = fileURLToPath(new URL(`${name}.${isSource ? 'ts' : 'js'}`, base));
  return isSource ? ['--conditions=carillon-source', file] : [file];
}
