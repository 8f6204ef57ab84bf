import { Hono } from 'hono';
import { ICON, PAGE, SCRIPT, STYLE } from './page.ts';

const HEADERS = {
  'cache-control': 'no-cache',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
};

/** The page at `/console`, with `/` leading to it. It asks `/dev/credentials.json`, so only development serves it. */
export function createConsoleRoutes(): Hono {
  const routes = new Hono();
  routes.get('/', (context) => context.redirect('/console'));
  for (const [path, type, text] of [
    ['/console', 'text/html', PAGE],
    ['/console/script.js', 'text/javascript', SCRIPT],
    ['/console/icon.svg', 'image/svg+xml', ICON],
    ['/console/style.css', 'text/css', STYLE],
  ] as const) {
    routes.get(path, (context) => context.body(text, 200, { ...HEADERS, 'content-type': `${type}; charset=utf-8` }));
  }
  return routes;
}
