import { openTextFrame, textFrame } from '../../../transport/index.ts';

/** How messages become frames of one transport. Text is quoted first, so that pieces of it can be kept and joined. */
export interface Wire {
  readonly name: string;
  /** Makes text fit to stand in a frame; quoted pieces side by side are the quoted whole. */
  quote(text: string): string;
  /** A whole frame; without an id the client's position stays where it was. */
  frame(event: string, payload: string, id: string | undefined): Buffer;
  /** Opens a frame at one of its bytes: what is put there makes another whole frame, in pieces that all may share. */
  open(frame: Buffer, at: number): (put: Buffer) => readonly Buffer[];
}

/** What is said to the client itself, about no stream of its own. */
export type Notice = 'gap' | 'subscribed' | 'unsubscribed' | 'ended';

/**
 * Event streams. The recipe that every known client survives: one space, line feeds alone, never a block without
 * `event` and `data`, never a blank line behind a comment.
 */
export const SSE: Wire = {
  name: 'sse',
  quote: (text) => text,
  frame: (event, payload, id) =>
    Buffer.from(`event: ${event}\n${id === undefined ? '' : `id: ${id}\n`}data: ${payload}\n\n`),
  open(frame, at) {
    const [before, after] = [frame.subarray(0, at), frame.subarray(at)];
    return (put) => [before, put, after];
  },
};

export const GREETING = Buffer.from(':)\n');
export const THUMP = Buffer.from(':thump\n');

/** WebSocket frames of one stream, named as `streamKey` does; the payload is JSON in a string. */
export function socketWire(stream: string): Wire {
  return {
    name: `socket ${stream}`,
    quote: quoteJson,
    frame: (event, payload, id) =>
      textFrame(
        `{"stream":${stream},"event":"${event}","payload":"${payload}"${id === undefined ? '' : `,"id":"${id}"`}}`,
      ),
    open: openTextFrame,
  };
}

/** A text as it stands between the quotes of a JSON string. */
export function quoteJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** The shape that clients skip when they do not know it: no stream, a name, JSON in a string. */
export function noticeText(notice: Notice, facts: object): string {
  return `{"stream":[],"event":"${notice}","payload":"${quoteJson(JSON.stringify(facts))}"}`;
}
