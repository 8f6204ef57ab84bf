import { CarillonError, MAX_MENTIONS_PER_EVENT, MAX_TOPICS_PER_EVENT, type NewEvent, parseTopic } from '@carillon/core';

const TYPE_FORM = /^[\x21-\x7e]{1,200}$/;

/** Throws `bad-request` or `too-large` on what the log cannot hold. Topics that are known were checked before. */
export function checkEvent(event: NewEvent, isKnown: (topic: string) => boolean): void {
  const { type, topics, routing } = event;
  if (!TYPE_FORM.test(type))
    throw new CarillonError('bad-request', 'an event’s type is 1 to 200 printable ASCII characters');
  if (topics.length === 0) throw new CarillonError('bad-request', 'an event needs a topic');
  if (topics.length > MAX_TOPICS_PER_EVENT) {
    throw new CarillonError(
      'too-large',
      `an event has at most ${MAX_TOPICS_PER_EVENT} topics, this one has ${topics.length}`,
      {
        facts: { limit: MAX_TOPICS_PER_EVENT },
      },
    );
  }
  for (const topic of topics) if (!isKnown(topic)) parseTopic(topic);
  if (routing?.mentions && routing.mentions.length > MAX_MENTIONS_PER_EVENT) {
    throw new CarillonError('too-large', `an event mentions at most ${MAX_MENTIONS_PER_EVENT} accounts`, {
      facts: { limit: MAX_MENTIONS_PER_EVENT },
    });
  }
}
