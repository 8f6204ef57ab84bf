/** The playground of `carillon dev`: static, without inline script or style, and with nothing the public API lacks. */
export const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Carillon playground</title>
<link rel="icon" href="/console/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/console/style.css">
<script type="module" src="/console/script.js"></script>
</head>
<body>
<main>
<h1>Carillon playground</h1>
<p>Publish below and watch the event arrive through <code>EventSource</code>. Open this page twice, stop the server and
start it again: nothing is lost. This page is a stand-in: filters, connections and cursors are not here yet.</p>
<form id="listen">
<label>Topics <input name="topics" value="news" spellcheck="false" autocomplete="off"></label>
<label>from <select name="from"><option value="">now on</option><option value="earliest">everything kept</option></select></label>
<button>Listen</button> <output id="state">not listening</output>
</form>
<form id="publish">
<label>Topic <input name="topic" value="news" spellcheck="false" autocomplete="off"></label>
<label>Type <input name="type" value="message" spellcheck="false" autocomplete="off"></label>
<label class="wide">Data <textarea name="data" rows="2" spellcheck="false">{"hello":"world"}</textarea></label>
<button>Publish</button> <output id="answer"></output>
</form>
<table><thead><tr><th>time</th><th>topic</th><th>type</th><th>data</th></tr></thead><tbody id="events"></tbody></table>
</main>
</body>
</html>
`;

export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path fill="#23407a" d="M8 1c3 0 4 2.5 4 5 0 3 1 4 2 5H2c1-1 2-2 2-5 0-2.5 1-5 4-5zm-2 11h4a2 2 0 0 1-4 0z"/></svg>`;

export const STYLE = `body { font: 15px/1.5 system-ui, sans-serif; margin: 0; color: #1d2433; background: #fafafa; }
main { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
form { display: flex; flex-wrap: wrap; gap: .75rem; align-items: end; padding: 1rem; margin: 1rem 0; background: #fff;
  border: 1px solid #dde1e8; border-radius: .5rem; }
label { display: grid; gap: .15rem; font-size: .85rem; color: #566; }
label.wide { flex: 1 1 100%; }
input, select, textarea, button { font: inherit; padding: .3rem .5rem; border: 1px solid #b8c0cc; border-radius: .3rem; }
button { background: #23407a; border-color: #23407a; color: #fff; cursor: pointer; }
output { font-size: .85rem; color: #566; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; background: #fff; font-size: .85rem; }
th, td { text-align: left; padding: .3rem .5rem; border-bottom: 1px solid #e6e9ee; vertical-align: top; }
td:last-child { font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
@media (prefers-color-scheme: dark) { body { color: #dde3ee; background: #14171d; }
  form, table { background: #1c2027; border-color: #323842; } th, td { border-color: #2a2f38; }
  input, select, textarea { background: #14171d; color: inherit; border-color: #454d5a; } label, output { color: #9aa5b5; } }
`;

export const SCRIPT = `const MOST_ROWS = 200;
const byId = (id) => document.getElementById(id);
const credentials = await (await fetch('/dev/credentials.json')).json();
let source;

function listen() {
  source?.close();
  const fields = new FormData(byId('listen'));
  const query = new URLSearchParams({ access_token: credentials.token });
  for (const topic of String(fields.get('topics')).split(/[\\s,]+/).filter(Boolean)) query.append('topic', topic);
  if (fields.get('from')) query.set('since', fields.get('from'));
  byId('events').replaceChildren();
  byId('state').value = 'connecting';
  source = new EventSource('/v1/events?' + query);
  source.onopen = () => { byId('state').value = 'listening'; };
  source.onerror = () => { byId('state').value = source.readyState === EventSource.CLOSED ? 'refused' : 'reconnecting'; };
  source.onmessage = ({ data }) => { if (data) show(JSON.parse(data)); };
  source.addEventListener('gap', ({ data }) => show({ time: '', topic: '', type: 'gap', data }));
}

function show({ time, topic, type, data, data_base64: bytes }) {
  const row = document.createElement('tr');
  const shown = bytes ?? (typeof data === 'string' ? data : JSON.stringify(data));
  for (const text of [time, topic, type, shown]) row.insertCell().textContent = text ?? '';
  byId('events').prepend(row);
  while (byId('events').rows.length > MOST_ROWS) byId('events').lastChild.remove();
}

function readData(text) {
  try { return JSON.parse(text); } catch { return text; }
}

byId('listen').addEventListener('submit', (event) => { event.preventDefault(); listen(); });
byId('publish').addEventListener('submit', async (event) => {
  event.preventDefault();
  const fields = new FormData(event.target);
  const body = { topic: fields.get('topic'), type: fields.get('type'), data: readData(fields.get('data')) };
  const response = await fetch('/v1/events', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer ' + credentials.token },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  byId('answer').value = response.ok ? 'stored at ' + answer.positions.join(' ') : answer.detail;
});
listen();
`;
