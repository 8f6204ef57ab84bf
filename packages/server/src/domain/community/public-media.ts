import type { MediaSnapshot } from '../../state/index.ts';

export function showMedia({ id, type, file, preview, meta, description, blurhash }: MediaSnapshot): object {
  return { id, type, file, preview, meta, description, blurhash };
}
