import { serveSequencer } from './server.ts';

// The sequencer's own process: says its port, and ends when its parent does.
const server = await serveSequencer(process.argv[2] ?? '.');
process.stdout.write(`${server.port}\n`);
process.stdin.resume().once('end', () => void server.close());
