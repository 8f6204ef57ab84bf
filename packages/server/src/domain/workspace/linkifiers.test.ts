import type { CarillonError } from '@carillon/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  addLinkifier,
  linkifierRegExp,
  linkifiersNow,
  orderLinkifiers,
  removeLinkifier,
  updateLinkifier,
} from '../index.ts';
import { type OpenDomain, openDomain } from '../testing/open-domain.ts';
import { checkPattern } from './check-pattern.ts';
import { checkLinkifier } from './linkifier-rules.ts';
import { PatternFault, parsePattern } from './parse-pattern.ts';

const PAGE = 'https://issues.example/';

describe('a pattern', () => {
  it.for([
    ['#(?P<id>[0-9]+)', 'see #17 and #4.', ['#17', '#4']],
    ['(?P<org>[\\w.-]+)/(?P<repo>\\w+)#(?<id>\\d{1,6})', 'a-b/c#12', ['a-b/c#12']],
    ['\\b(?P<hash>[0-9a-f]{7,40})\\b', 'at 0123abc, 0123', ['0123abc']],
    ['(?:RFC|rfc) ?(?P<n>[1-9]\\d*)', 'RFC 6570, rfc7', ['RFC 6570', 'rfc7']],
    ['v(?P<v>\\d+(?:\\.\\d+)*)', 'v1.20.3', ['v1.20.3']],
    ['(?P<key>[A-Z][A-Z0-9]+-[0-9]+)', 'CAR-12 and X-1', ['CAR-12']],
    ['\\#\\-(?P<x>[^\\]\\s/-]+)', '#-rosé/x', ['#-rosé']],
    ['\\{(?P<x>🌹{2,3}?)\\}', '{🌹🌹}', ['{🌹🌹}']],
  ] as const)('%s finds what is meant', ([pattern, text, found]) => {
    checkPattern(parsePattern(pattern).node);

    expect([...text.matchAll(linkifierRegExp({ pattern }))].map(([match]) => match)).toEqual(found);
  });

  it.for([
    '(a+)+b',
    '(a*)*b',
    '(a|a)*b',
    '(a|ab|b)*c',
    '(a?b?)*c',
    '(?:a{1,30}){1,30}b',
    '(?:a|a){30}b',
    '((a?|b?)c)+d',
    '(\\w+\\s?)+!',
    '([a-z]+[0-9a-f]*)!',
    'a*a*b',
    '.*x.*y',
    '(?:(?:|)a)*b',
  ])('%s could make matching slow, and is refused', (pattern) => {
    expect(() => checkPattern(parsePattern(pattern).node)).toThrow(PatternFault);
  });

  it.for([
    '',
    'a|',
    '()',
    '(a',
    'a)',
    '[a',
    '[]',
    '[z-a]',
    '*a',
    'a**',
    'a{3,2}',
    'a{0}',
    '(?=a)b',
    '(?<!a)b',
    '(?i)a',
    '(?P<x>a)(?P=x)',
    '(?P<x>a)(?P<x>b)',
    '(a)\\1',
    '\\pL',
    '^*a',
    'a?',
    '^$',
    `${'('.repeat(30)}a${')'.repeat(30)}`,
    'x'.repeat(300),
  ])('%j is not one', (pattern) => {
    expect(() => checkPattern(parsePattern(pattern).node)).toThrow(PatternFault);
  });

  it('that was taken gives up in proportion to the text', () => {
    const pattern = '(?P<key>[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)*)!';
    checkPattern(parsePattern(pattern).node);
    const start = performance.now();

    expect(`${'A-'.repeat(2_000)}`.match(linkifierRegExp({ pattern }))).toBeNull();
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});

describe('a template', () => {
  it.for([`${PAGE}{id}`, `${PAGE}{+id}`, `${PAGE}x{?id}`, `http://x.example/{id}/{id}`])('may be %s', (template) => {
    expect(() => checkLinkifier({ pattern: '#(?P<id>[0-9]+)', template })).not.toThrow();
  });

  it.for([PAGE, `${PAGE}{id}{x}`, `${PAGE}{id`, `${PAGE}{id} x`, 'javascript:alert({id})', '{id}', `https://{id}/`])(
    'is not %s',
    (template) => {
      expect(() => checkLinkifier({ pattern: '#(?P<id>[0-9]+)', template })).toThrow(/^template: /);
    },
  );
});

describe('linkifiers', () => {
  let domain: OpenDomain;
  beforeAll(async () => {
    domain = await openDomain();
  });
  afterAll(() => domain[Symbol.asyncDispose]());

  const refusal = (run: Promise<unknown>) =>
    run.then(
      () => 'done',
      (error: CarillonError) => error.code,
    );

  it('are kept by administrators in their order, and everybody is told of all', async () => {
    const [admin, member] = [await domain.account('prince', { role: 'admin' }), await domain.account('tybalt')];
    const since = domain.heard.length;
    const rule = (sign: string) => ({ pattern: `${sign}(?P<id>[0-9]+)`, template: `${PAGE}{id}` });
    const add = (sign: string, actor = admin) => domain.run(addLinkifier, { actor: actor.id, ...rule(sign) });
    const [one, two, three] = [await add('#'), await add('!'), await add('@')];

    expect(await refusal(add('x', member))).toBe('forbidden');
    expect(await refusal(add('#'))).toBe('conflict');
    const acting = { actor: admin.id };
    const wrong = { pattern: '(a+)+(?P<id>b)', template: `${PAGE}{id}` };
    expect(await refusal(domain.run(addLinkifier, { ...acting, ...wrong }))).toBe('unprocessable');
    expect(await refusal(domain.run(orderLinkifiers, { ...acting, ids: [one.id, two.id] }))).toBe('unprocessable');
    expect(await refusal(domain.run(updateLinkifier, { ...acting, id: two.id, ...rule('#') }))).toBe('conflict');
    await domain.run(orderLinkifiers, { ...acting, ids: [three.id, one.id, two.id] });
    const changed = await domain.run(updateLinkifier, { ...acting, id: two.id, ...rule('%') });
    await domain.run(removeLinkifier, { ...acting, id: one.id });

    expect(domain.since(since).map(({ type, topics, data }) => [type, topics, data])).toEqual(
      [[one], [one, two], [one, two, three], [three, one, two], [three, one, changed], [three, changed]].map(
        (linkifiers) => ['linkifiers.changed', ['community'], { linkifiers }],
      ),
    );
    expect(await domain.ask(linkifiersNow, {})).toEqual([three, changed]);
  });
});
