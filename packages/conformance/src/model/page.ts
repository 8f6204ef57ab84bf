import assert from 'node:assert/strict';
import type { Event, Page, ReadQuery } from '@carillon/core';
import type { ReferenceLog } from './reference-log.ts';

/** What both logs must agree on; ids and times are each log's own, and an erased event keeps only its skeleton. */
function facts(event: Event): unknown {
  const { position, type, erased, data } = event;
  const topics = event.topics.toSorted();
  if (erased) return { position, type, topics, erased, bytes: data.length };
  const { actor, routing = {}, subjects = [], attributes = {}, contentType = 'application/json' } = event;
  return {
    position,
    type,
    topics,
    actor,
    routing,
    subjects,
    attributes,
    contentType,
    data: Buffer.from(data).toString('hex'),
  };
}

/** Holds a page of any log to the model: nothing missing up to its end, nothing foreign, limits kept, progress made. */
export async function checkPage(model: ReferenceLog, query: ReadQuery, page: Page): Promise<void> {
  const bound = Math.max(query.after, Math.min(query.until ?? Infinity, model.store.head.position));
  if (page.kind === 'gap') {
    assert.deepEqual(page, await model.store.read(query));
    return;
  }
  const expected = await model.store.read({ ...query, until: page.upTo, limit: 100_000, maxBytes: Infinity });
  assert.ok(expected.kind === 'page', 'a page was given where there is a gap');
  assert.deepEqual(page.events.map(facts), expected.events.map(facts));
  assert.ok(page.upTo <= bound && (page.upTo > query.after || query.after === bound), `${page.upTo} of ${bound}`);
  assert.ok(page.events.length <= query.limit);
  if (query.maxBytes === undefined && page.events.length < query.limit) assert.equal(page.upTo, bound);
  const allButLast = page.events.slice(0, -1).reduce((sum, event) => sum + event.data.length, 0);
  assert.ok(allButLast <= (query.maxBytes ?? Infinity), `${allButLast} bytes were full and another event followed`);
}
