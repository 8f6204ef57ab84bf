import { factQueries } from './facts.ts';
import { homeQueries } from './home.ts';
import { listQueries } from './list.ts';
import { markedQueries } from './marked.ts';
import { profileQueries } from './profile.ts';
import { publicQueries } from './public.ts';
import { reactionQueries } from './reactions.ts';
import { readQueries } from './read.ts';
import { readingFlagQueries } from './reading-flags.ts';
import { threadQueries } from './thread.ts';
import { topicQueries } from './topics.ts';
import { unreadQueries } from './unread.ts';

export const postQueries = {
  ...factQueries,
  ...readQueries,
  ...threadQueries,
  ...homeQueries,
  ...publicQueries,
  ...listQueries,
  ...profileQueries,
  ...markedQueries,
  ...topicQueries,
  ...reactionQueries,
  ...unreadQueries,
  ...readingFlagQueries,
};
