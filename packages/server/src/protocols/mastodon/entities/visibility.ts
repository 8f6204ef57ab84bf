import type { PostSnapshot } from '../../../domain/index.ts';
import type { Status } from './types.ts';

type Visibility = PostSnapshot['visibility'];

export function wireVisibility(visibility: Visibility): Status['visibility'] {
  return visibility === 'followers' ? 'private' : visibility;
}

export function readVisibility(visibility: Status['visibility']): Visibility {
  return visibility === 'private' ? 'followers' : visibility;
}
