/**
 * Prints, as JSON, what an idle connection costs this process: `node --expose-gc idle-memory.ts sse 5000 [plain]`.
 * Kinds: sse, poll, websocket; `plain` measures the ordinary handler for comparison. Clients live in a child process.
 * A storm of connects also makes V8's young generation grow by some 60 MB, however many they are: add
 * `--max-semi-space-size=1` to see what a connection costs by itself, or open enough to make that not matter.
 */
import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { eventually } from './raw-client.ts';
import { startTestServer } from './test-server.ts';

const PATHS: Readonly<Record<string, string>> = { sse: '/sse', poll: '/poll', websocket: '/ws' };

const [kind = 'sse', count = '5000', mode = 'taken'] = process.argv.slice(2);
if (mode === 'clients') openClients(Number(process.argv[5]), kind, Number(count));
else await measure(kind, Number(count), mode !== 'plain');

async function measure(what: string, connections: number, takeOver: boolean): Promise<void> {
  const { gc } = globalThis;
  if (!gc) throw new Error('run with --expose-gc');
  await using server = await startTestServer({ settings: { takeOver, heartbeatMs: 600_000 } });
  await using warm = await opened(server.port, what, 200);
  const counts = server.listener.connections.counts as Readonly<Record<string, number>>;
  await eventually(() => counts[what] === 200, 'warm connections', 30_000);
  gc();
  const before = process.memoryUsage();
  const startMs = performance.now();
  await using clients = await opened(server.port, what, connections);
  await eventually(() => counts[what] === connections + 200, 'all connections', 120_000);
  const seconds = (performance.now() - startMs) / 1_000;
  gc();
  gc();
  const after = process.memoryUsage();
  const bytesEach = Math.round((after.rss - before.rss) / connections);
  const heapBytesEach = Math.round((after.heapUsed - before.heapUsed) / connections);
  const perSecond = Math.round(connections / seconds);
  console.log(JSON.stringify({ kind: what, connections, takeOver, bytesEach, heapBytesEach, perSecond }));
  void warm;
  void clients;
}

async function opened(port: number, what: string, connections: number): Promise<AsyncDisposable> {
  const child = spawn(
    process.execPath,
    [...process.execArgv, fileURLToPath(import.meta.url), what, String(connections), 'clients', String(port)],
    {
      stdio: 'inherit',
    },
  );
  return {
    async [Symbol.asyncDispose]() {
      child.kill();
      await new Promise((resolve) => child.once('exit', resolve));
    },
  };
}

function openClients(port: number, what: string, connections: number): void {
  const upgrade =
    what === 'websocket'
      ? 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n'
      : '';
  const request = `GET ${PATHS[what] ?? '/sse'} HTTP/1.1\r\nHost: 127.0.0.1\r\n${upgrade}\r\n`;
  for (let index = 0; index < connections; index += 1)
    connect(port, '127.0.0.1')
      .on('error', () => {})
      .write(request);
}
