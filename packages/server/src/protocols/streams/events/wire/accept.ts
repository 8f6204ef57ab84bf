const BATCH = 'application/cloudevents-batch+json';
const JSON_TYPE = 'application/json';

/**
 * The media type of a long poll's answer, or `undefined` when an event stream is wanted: that is what everybody gets
 * who does not ask for JSON (RFC 9110 §12.5.1; a quality of 0 means "not this").
 */
export function pollMediaType(accept: string | undefined): string | undefined {
  if (accept === undefined) return undefined;
  const wanted = new Set<string>();
  for (const part of accept.split(',')) {
    const [type = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
    if (!parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter))) wanted.add(type);
  }
  if (wanted.has('text/event-stream')) return undefined;
  return [BATCH, JSON_TYPE].find((type) => wanted.has(type));
}
