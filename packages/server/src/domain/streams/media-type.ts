/** Type and subtype in lower case: parameters do not make another stream (Durable Streams §5.2). */
export function essenceOf(mediaType: string): string {
  const semicolon = mediaType.indexOf(';');
  return (semicolon < 0 ? mediaType : mediaType.slice(0, semicolon)).trim().toLowerCase();
}

export function isSameMediaType(one: string, other: string): boolean {
  return essenceOf(one) === essenceOf(other);
}
