import fc from 'fast-check';
import { Parser } from 'htmlparser2';
import { describe, expect, test } from 'vitest';
import { type Source } from '../../state/index.ts';
import { readBody } from './read-body.ts';
import { renderBody } from './render.ts';
import { segmentsOf } from './segments.ts';

const baseUrl = 'https://example.org';
const domain = 'example.org';
const mentions = new Map([
  ['juliet', { id: 1, name: 'juliet', url: null }],
  ['romeo@verona.example', { id: 2, name: 'romeo', url: 'https://verona.example/@romeo' }],
  ['verona', { id: 3, name: 'verona', url: null }],
]);
const render = (text: string, format: Source['format'] = 'plain') =>
  renderBody({ format, text }, { mentions, baseUrl, domain });
const read = (text: string, format: Source['format'] = 'plain') => readBody({ format, text }, { domain });

describe('what a text names', () => {
  test.each([
    ['hi @juliet.', ['juliet']],
    ['@Romeo@Verona.Example, you', ['romeo@verona.example']],
    ['@juliet@example.org is our own', ['juliet']],
    ['mail juliet@example.org', []],
    ['https://example.org/@juliet is an address', []],
    ['(@juliet)', ['juliet']],
    ['@juliet @juliet', ['juliet']],
    ['é@juliet', []],
    ['@ juliet', []],
  ])('accounts of %j', (text, accts) => {
    expect(read(text).accts).toEqual(accts);
  });

  test.each([
    ['#Verona and #verona', ['Verona']],
    ['#1', []],
    ['#1st', ['1st']],
    ['＃日本語タグ', ['日本語タグ']],
    ['a#b', []],
    ['https://example.org/#frag', []],
    ['#a/#b', ['a']],
    ['#tag.', ['tag']],
    ['#·x', []],
    [`#${'a'.repeat(101)}`, []],
  ])('tags of %j', (text, tags) => {
    expect(read(text).tags).toEqual(tags);
  });

  test.each([
    ['see https://example.org/a_(b).', ['https://example.org/a_(b)']],
    ['(https://example.org/a)', ['https://example.org/a']],
    ['https://', []],
    ['javascript://alert', []],
    ['<https://example.org>', ['https://example.org']],
    ['https://example.org/?a=1&b=2#c', ['https://example.org/?a=1&b=2#c']],
  ])('addresses of %j', (text, links) => {
    expect(read(text).links).toEqual(links);
  });

  test('names in code and in links of the source are only text', () => {
    expect(read('`@juliet` [#verona](https://example.org) #real', 'markdown')).toEqual({
      accts: [],
      tags: ['real'],
      links: [],
    });
  });
});

describe('rendering', () => {
  test('makes paragraphs and lines of plain text, and escapes it', () => {
    const { html, text } = render('a & b\nc\n\n\n<d>');

    expect(html).toBe('<p>a &amp; b<br>c</p><p>&lt;d&gt;</p>');
    expect(text).toBe('a & b\nc\n\n<d>');
  });

  test.each([
    ['javascript:alert(1)', 'https://example.org/@romeo'],
    ['JavaScript://verona.example/%0aalert(1)', 'https://example.org/@romeo'],
    ['data:text/html,x', 'https://example.org/@romeo'],
    ['no address', 'https://example.org/@romeo'],
    ['https://verona.example/"onclick="alert(1)', 'https://verona.example/%22onclick=%22alert(1)'],
    ["https://verona.example/<b>'", "https://verona.example/%3Cb%3E'"],
    ['HTTP://verona.example/@romeo', 'http://verona.example/@romeo'],
  ])('links a mention whose account says to be at %s to %s', (url, href) => {
    const named = { id: 7, name: 'romeo', url };
    const { html } = renderBody(
      { format: 'plain', text: '@romeo@verona.example' },
      { mentions: new Map([['romeo@verona.example', named]]), baseUrl, domain },
    );

    expect(html).toContain(`<a href="${href}" class="u-url mention">`);
    expect(html).not.toMatch(/javascript|onclick="|<b>/i);
  });

  test('links mentions, tags and addresses as Mastodon does', () => {
    const {
      html,
      text,
      mentions: named,
      tags,
    } = render('@juliet @romeo@verona.example @nobody #Café https://www.example.org/a/very/long/path/to/somewhere');

    expect(html).toBe(
      [
        '<p><span class="h-card" translate="no"><a href="https://example.org/@juliet" class="u-url mention">@<span>juliet</span></a></span>',
        '<span class="h-card" translate="no"><a href="https://verona.example/@romeo" class="u-url mention">@<span>romeo</span></a></span>',
        '@nobody',
        '<a href="https://example.org/tags/cafe" class="mention hashtag" rel="tag">#<span>Café</span></a>',
        '<a href="https://www.example.org/a/very/long/path/to/somewhere" target="_blank" rel="nofollow noopener" translate="no"><span class="invisible">https://www.</span><span class="ellipsis">example.org/a/very/long/path/t</span><span class="invisible">o/somewhere</span></a></p>',
      ].join(' '),
    );
    expect(text).toBe(
      '@juliet @romeo@verona.example @nobody #Café https://www.example.org/a/very/long/path/to/somewhere',
    );
    expect(named).toEqual([1, 2]);
    expect(tags).toEqual(['Café']);
  });

  test('renders Markdown without its HTML', () => {
    const { html, text } = render('# Act *two*\n\n- <b>one</b>\n- @verona\n\n![x](https://e.org/x.png)', 'markdown');

    expect(html).toContain('<p><strong>Act <em>two</em></strong></p>');
    expect(html).toContain('<li>&lt;b&gt;one&lt;/b&gt;</li>');
    expect(html).toContain('class="u-url mention">@<span>verona</span></a></span></li>');
    expect(html).not.toContain('<img');
    expect(text).toContain('Act two\n\n');
  });

  test('keeps of XHTML what is allowed', () => {
    const { html, text } = render(
      '<p onclick="x()" style="color:red">hi <a href="javascript:x()">a</a> <a href="https://e.org/?a&amp;b" class="evil u-url">b</a><script>bad()</script><img src=x onerror=y></p>',
      'xhtml',
    );

    expect(html).toBe(
      '<p>hi <a target="_blank" rel="nofollow noopener">a</a> <a href="https://e.org/?a&amp;b" class="u-url" target="_blank" rel="nofollow noopener">b</a></p>',
    );
    expect(text).toBe('hi a b');
  });
});

const FORMATS = ['plain', 'markdown', 'xhtml'] as const;

/** Pieces from which attacks are made. */
const pieces = fc.array(
  fc.oneof(
    fc.constantFrom(
      ...[
        '<',
        '>',
        '"',
        "'",
        '&',
        '&#',
        '&#x6a;',
        '/',
        '=',
        '\n\n',
        '`',
        '[',
        '](',
        ')',
        '@juliet',
        '#tag',
        '<!--',
        '-->',
      ],
      ...[
        '<script>',
        '</script>',
        '<a href="',
        '<a href=',
        'javascript:',
        'java\tscript:',
        'JaVaScRiPt&colon;',
        'data:text/html,',
      ],
      ...[
        '<img src=x onerror=alert(1)>',
        '<svg onload=',
        '<p onclick=',
        '<style>',
        '<![CDATA[',
        ']]>',
        '<math>',
        '<iframe src=',
      ],
      ...[
        'https://e.org/',
        '<textarea>',
        '</p>',
        '<p>',
        '<br>',
        '<h1>',
        '\u0000',
        '<xmp>',
        '<plaintext>',
        '<noscript>',
      ],
    ),
    fc.string({ maxLength: 8 }),
  ),
  { maxLength: 25 },
);

const ELEMENTS = new Set('p br span a del s pre blockquote code b strong u i em ul ol li ruby rt rp'.split(' '));
const ATTRIBUTES = new Set('href class translate target rel start reversed value cite'.split(' '));

/** Every element and attribute that a browser's reader would find is on the list, and every address is harmless. */
function expectHarmless(html: string): void {
  const parser = new Parser({
    onopentag(name, attributes) {
      expect(ELEMENTS).toContain(name);
      for (const [key, value] of Object.entries(attributes)) {
        expect(ATTRIBUTES).toContain(key);
        if (key === 'href' || key === 'cite')
          expect(value).not.toMatch(/^[\s\u0000-\u001f]*(?:javascript|data|vbscript)/i);
      }
    },
    oncomment: (comment) => expect.unreachable(`a comment: ${comment}`),
    onprocessinginstruction: (name) => expect.unreachable(`an instruction: ${name}`),
  });
  parser.end(html);
}

describe('hostile input', () => {
  test.each(FORMATS)('%s never brings an element, handler or address that is not allowed', (format) => {
    fc.assert(
      fc.property(pieces, (parts) => {
        const { html } = render(parts.join(''), format);
        expectHarmless(html);
        expect(html).not.toMatch(/<(?:script|img|svg|iframe|style)/i);
      }),
      { numRuns: 1_500 },
    );
  });

  test('segments joined are the text again', () => {
    fc.assert(
      fc.property(pieces, (parts) => {
        const text = parts.join('');
        expect(
          segmentsOf(text)
            .map((segment) => segment.text)
            .join(''),
        ).toBe(text);
      }),
    );
  });

  // At this length a quadratic step would take minutes, and fail by the test's own limit.
  const LONG = 200_000;
  test.each(
    [
      '@',
      '#',
      '@a',
      '@a.',
      '@a@b.',
      '#a',
      'https://',
      'https://(',
      'a.',
      '<',
      '<a ',
      '<p>',
      '&',
      '[',
      '](',
      '*',
      '_a',
      '`',
      '> ',
      '\n',
      ')',
      '- ',
      '#·',
    ].flatMap((unit) => FORMATS.map((format) => [unit, format] as const)),
  )('%j repeated 200,000 characters long is rendered as %s', (unit, format) => {
    const text = unit.repeat(LONG / unit.length);

    expect(render(text, format).text.length).toBeLessThanOrEqual(LONG);
  });
});
