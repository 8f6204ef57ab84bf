import type { Command } from 'commander';
import { isLoopbackHost, type Settings } from '../config/index.ts';
import type { RunningServer } from '../main.ts';
import { CommandFailure } from './exit-code.ts';
import type { CliContext, JsonOption } from './output.ts';
import { addSettingOptions } from './setting-options.ts';
import { showDev, showReady } from './welcome.ts';

/** A terminal sends its interrupt to every process of a job, so that one key press may arrive twice. */
const SAME_SIGNAL_MS = 300;

export function addServerCommands(program: Command, context: CliContext): void {
  const serve = program.command('serve').description('run the server with your settings');
  const serveSettings = addSettingOptions(serve.option('--json', 'facts as lines of JSON'), context);
  serve.action(async ({ json }: JsonOption) => {
    const { settings } = serveSettings();
    await runUntilSignal(settings, false, (server) => showReady(context, server, { json: json ?? false }));
  });

  const dev = program.command('dev').description('run a server for this machine only, with its own keys and data');
  const devSettings = addSettingOptions(dev.option('--json', 'facts as lines of JSON'), context);
  dev.action(async ({ json }: JsonOption) => {
    const { settings } = devSettings({ 'storage.dataDir': './.carillon', 'server.internalPort': 0 });
    if (!isLoopbackHost(settings.server.host)) {
      throw new CommandFailure(
        'usage',
        `"carillon dev" gives out its keys and listens on loopback only, not on ${settings.server.host}; use "carillon serve"`,
      );
    }
    await runUntilSignal(settings, true, (server) => showDev(context, server, settings, { json: json ?? false }));
  });
}

/** The first signal drains, a second one ends the process at once. */
async function runUntilSignal(settings: Settings, dev: boolean, ready: (server: RunningServer) => void): Promise<void> {
  const { startServer } = await import('../main.ts');
  const stop = untilSignal();
  const server = await startServer(settings, { dev });
  ready(server);
  await stop;
  await server.drain();
  await server.close();
}

function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    let firstAt: number | undefined;
    const listener = (signal: NodeJS.Signals): void => {
      if (firstAt === undefined) {
        firstAt = Date.now();
        resolve();
      } else if (Date.now() - firstAt > SAME_SIGNAL_MS) {
        process.removeAllListeners(signal);
        process.kill(process.pid, signal);
      }
    };
    process.on('SIGINT', listener);
    process.on('SIGTERM', listener);
  });
}
