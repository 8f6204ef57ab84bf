import type { Settings } from '../config/index.ts';
import type { RunningServer } from '../main.ts';
import type { CliContext } from './output.ts';

interface Form {
  readonly json: boolean;
}

export function showReady(context: CliContext, { url, internalUrl }: RunningServer, { json }: Form): void {
  if (json) return context.out(JSON.stringify({ ready: true, url, internalUrl }));
  context.out(`Carillon is ready at ${url}; health and metrics at ${internalUrl}`);
}

/** Everything needed for the first event, ready to paste. */
export function showDev(context: CliContext, server: RunningServer, settings: Settings, { json }: Form): void {
  const { url, internalUrl, dev } = server;
  if (!dev) throw new Error('a development server has credentials');
  const lines = {
    publish: `curl -H 'Authorization: Bearer ${dev.token}' -H 'Content-Type: application/json' -d '{"topic":"news","type":"greeting","data":"hello"}' ${url}/v1/events`,
    subscribe: `curl -N -H 'Authorization: Bearer ${dev.token}' -H 'Accept: text/event-stream' '${url}/v1/events?topic=news'`,
    browser: `new EventSource('${url}/v1/events?topic=news&access_token=${dev.token}').onmessage = (event) => console.log(event.data)`,
    console: `${url}/console`,
  };
  if (json) return context.out(JSON.stringify({ ready: true, url, ...dev, ...lines }));
  for (const line of [
    `Carillon is ready. Its data is in ${settings.storage.dataDir}; it listens on this machine only.`,
    '',
    `  URL        ${url}`,
    `  token      ${dev.token}`,
    `  console    ${lines.console}`,
    `  internal   ${internalUrl} (/health/live, /health/ready, /metrics)`,
    '',
    'Publish:',
    `  ${lines.publish}`,
    'Subscribe, in another terminal:',
    `  ${lines.subscribe}`,
    'Subscribe in a browser:',
    `  ${lines.browser}`,
    '',
    `People to sign in as: ${dev.accounts.map(({ username }) => username).join(', ')}.`,
    `The same as JSON, with their passwords and tokens: curl ${url}/dev/credentials.json`,
  ]) {
    context.out(line);
  }
}
