import { createServer, type Server, type Socket } from 'node:net';
import { toErrorValue } from '@carillon/core';
import { type Asked, onFrames, sendFrame, type Told } from './frames.ts';
import { Journal } from './journal.ts';
import { Order } from './order.ts';

const SEAL_EVERY_MS = 20;
const PAGE = 500;

/** Serves the journal of a directory to any number of nodes on a loopback port. */
export async function serveSequencer(directory: string): Promise<{ readonly port: number; close(): Promise<void> }> {
  const journal = await Journal.open(directory);
  const followers = new Set<Socket>();
  const tellAll = (told: Told): void => followers.forEach((socket) => sendFrame(socket, told));
  const order = new Order(journal, {
    ordered: (events) => tellAll({ tell: 'ordered', events, sealedMs: order.sealedMs }),
    erased: (positions) => tellAll({ tell: 'erased', positions }),
  });
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => [sockets, followers].forEach((set) => set.delete(socket)));
    sendFrame(socket, { tell: 'hello', epoch: journal.epoch, end: journal.end });
    onFrames<Asked>(socket, (asked) => void answer(asked, socket, order, journal, followers));
  });
  const seal = setInterval(() => tellAll({ tell: 'sealed', sealedMs: order.sealedMs }), SEAL_EVERY_MS);
  const port = await listen(server);
  return {
    port,
    async close() {
      clearInterval(seal);
      const closed = new Promise((resolve) => server.close(resolve));
      sockets.forEach((socket) => socket.destroy());
      await closed;
      await order.idle();
      await journal.close();
    },
  };
}

async function answer(
  asked: Asked,
  socket: Socket,
  order: Order,
  journal: Journal,
  followers: Set<Socket>,
): Promise<void> {
  if (asked.do === 'follow') {
    for (let from = asked.after; from < journal.end; from += PAGE) {
      const events = journal.events.slice(from, from + PAGE);
      sendFrame(socket, { tell: 'ordered', events, sealedMs: 0 });
    }
    sendFrame(socket, { tell: 'erased', positions: [...journal.erased] });
    sendFrame(socket, { tell: 'sealed', sealedMs: order.sealedMs });
    followers.add(socket);
    return;
  }
  const { ask } = asked;
  try {
    const done = asked.do === 'append' ? order.append(asked.events, asked.key) : order.erase(asked.positions);
    const appended = (await done) ?? { positions: [], duplicate: false };
    sendFrame(socket, { tell: 'answer', ask, appended });
  } catch (error) {
    sendFrame(socket, { tell: 'refusal', ask, error: toErrorValue(error) });
  }
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP listener has a port');
  return address.port;
}
