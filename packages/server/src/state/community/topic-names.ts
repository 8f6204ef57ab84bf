/** Whatever the organisation's settings allow, no topic has more characters: those that an ingest brings are cut. */
const MAX_TOPIC_CHARACTERS = 200;

const CUT = '…';

/** A topic as it is kept: on one line, without space around it, cut where it is too long; its case stays. */
export function normalizeTopic(topic: string): string {
  const line = topic
    .normalize('NFC')
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
  const characters = Array.from(line);
  if (characters.length <= MAX_TOPIC_CHARACTERS) return line;
  return `${characters
    .slice(0, MAX_TOPIC_CHARACTERS - 1)
    .join('')
    .trimEnd()}${CUT}`;
}

/** By which topics are compared and found: two that differ in their case alone are one. */
export function foldTopic(topic: string): string {
  return normalizeTopic(topic).toLowerCase().normalize('NFC');
}
