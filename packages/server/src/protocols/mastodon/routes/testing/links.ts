import type { RestAnswer } from '../../testing/open-rest.ts';

/** Paths of the pages beside this one, by their relation. */
export function linksOf({ headers }: RestAnswer): { readonly next?: string; readonly prev?: string } {
  const links = [...(headers.get('link') ?? '').matchAll(/<([^>]+)>; rel="(\w+)"/g)];
  return Object.fromEntries(
    links.map(([, address = '', relation = '']) => {
      const { pathname, search } = new URL(address);
      return [relation, pathname + search];
    }),
  );
}
