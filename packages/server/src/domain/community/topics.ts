export type { Audience } from '../../state/index.ts';
export {
  accountTopic,
  channelMetaTopic,
  channelTopic,
  hashtagTopic,
  localHashtagTopic,
  postTopics,
} from '../../state/index.ts';
