/** Names a queue of one history: after that is lost, its positions mean nothing any more. */
export function formatQueueId(epoch: string, id: number): string {
  return `${epoch}:${id}`;
}

/** The queue's number; `undefined` for another history's and for what no server gave out. */
export function parseQueueId(text: string, epoch: string): number | undefined {
  const digits = /^(.{1,100}):([1-9]\d{0,14})$/.exec(text);
  return digits?.[1] === epoch ? Number(digits[2]) : undefined;
}
