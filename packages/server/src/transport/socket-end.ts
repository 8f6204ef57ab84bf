import type { Socket } from 'node:net';

/**
 * Sends the last bytes and closes in a way that lets the client read them: our side ends, what the client still sends
 * is dropped, and after `lingerMs` the socket is destroyed (RFC 9112 §9.6).
 */
export function lingerClose(socket: Socket, bytes: Buffer, lingerMs: number): void {
  socket.end(bytes);
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), lingerMs).unref();
  socket.once('close', () => clearTimeout(timer));
}
