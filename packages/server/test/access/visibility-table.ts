/**
 * Who hears of a post, and where (events.md §2 and §5.3). Everybody's answer is the same live, on replay and over REST.
 *
 * - R reads it by its id;
 * - H on its home: stream `user`, home timeline;
 * - L on a list of all that it follows: stream `list`, list timeline;
 * - P in public: streams `public` and `public:local`, native topic `public`, their timelines;
 * - T by its tag: streams `hashtag` and `hashtag:local`, native topic `hashtag:`, timeline of the tag;
 * - C by the channel that it lives in: native topic `channel:`;
 * - D among its direct posts: stream `direct`, native topic `account:`, conversations;
 * - N is notified of it: stream `user:notification`, native topic `account:`, notifications.
 *
 * Posts are by an author whose channel is open, but for those `asked`, whose author answers who may follow; those in
 * a plaza, a house and a garden are in group channels that are open, that ask, and that invite. All of them name
 * `named` and `kin`; `letter` names nobody else, and `letters` everybody.
 */
const TABLE = `
            | public  | unlisted | followers | letter | letters | asked   | asked followers | plaza  | house | garden
anonymous   | RPT     | R        |           |        |         | RPT     |                 | RPT    |       |
stranger    | RPT     | R        |           |        | RDN     | RPT     |                 | RPT    |       |
follower    | RHLPTC  | RHLC     | RHLC      |        | RHDN    | RHLPTC  | RHLC            | RHLPTC | RHLC  | RHLC
fan         | RHLPTC  | RHLC     | RHLC      |        | RHDN    | RHLPTC  | RHLC            | RPT    |       |
mate        | RPT     | R        |           |        | RDN     | RPT     |                 | RHLPTC | RHLC  | RHLC
pending     | RPT     | R        |           |        | RDN     | RPT     |                 | RPT    |       |
outcast     | RPT     | R        |           |        | RDN     | RPT     |                 | RPT    |       |
blocked     |         |          |           |        |         |         |                 |        |       |
blocking    | R       | R        |           |        | R       | R       |                 | R      | R     | R
muting      | R       | R        | R         |        | R       | R       | R               | R      | R     | R
muted       | RHLPTC  | RHLC     | RHLC      |        | RHDN    | RHLPTC  | RHLC            | RHLPTC | RHLC  | RHLC
named       | RPTN    | RN       | RN        | RDN    | RDN     | RPTN    | RN              | RPTN   |       |
kin         | RHLPTCN | RHLCN    | RHLCN     | RHDN   | RHDN    | RHLPTCN | RHLCN           | RPTN   |       |
`;

/**
 * The strangers: `follower` follows authors and groups, `fan` only the authors, `mate` only the groups; `pending` has
 * asked wherever one asks; `outcast` was cast out everywhere; `blocked` is blocked by the authors and `blocking` blocks
 * them, and both are members of the groups; `muting` mutes the authors and `muted` is muted by them, and both follow
 * all; `named` follows nobody, and `kin` the authors.
 */
export const STRANGERS = [
  'stranger',
  'follower',
  'fan',
  'mate',
  'pending',
  'outcast',
  'blocked',
  'blocking',
  'muting',
  'muted',
  'named',
  'kin',
] as const;
export type Stranger = (typeof STRANGERS)[number];

export interface Cell {
  readonly who: string;
  readonly post: string;
  readonly letters: string;
}

export const CELLS: readonly Cell[] = readTable(TABLE);
export const POSTS: readonly string[] = [...new Set(CELLS.map(({ post }) => post))];

function readTable(table: string): readonly Cell[] {
  const [head = [], ...lines] = table
    .trim()
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()));
  // The first column has no title, and is gone with the blanks in front of the table.
  const posts = head.filter((title) => title !== '');
  return lines.flatMap(([who = '', ...cells]) =>
    posts.map((post, index) => ({ who, post, letters: cells[index] ?? '' })),
  );
}
