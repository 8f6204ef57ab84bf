/** Posts that have a topic, by channel and topic; those without one are found by their channel alone. */
export interface TopicPostRow {
  channel: number;
  /** Folded: topics are compared without their case. */
  topic: string;
  post: number;
}

/** A post that lives in another channel than the one it was posted in. */
export interface MovedPostRow {
  post: number;
  /** Where it lives now. */
  channel: number;
  /** Where it was posted: who has read it is kept by this channel. */
  first_channel: number;
}

/** One move of a post, for its history. */
export interface PostMoveRow {
  post: number;
  /** 0 for the first. */
  number: number;
  actor: number;
  from_channel: number;
  from_topic: string;
  to_channel: number;
  to_topic: string;
  created_at: number;
}

/** Everything that was posted in the channel up to this id is read, but for the exceptions in `post_flags`. */
export interface ReadMarkRow {
  account: number;
  channel: number;
  up_to: number;
}
