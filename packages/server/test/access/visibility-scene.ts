import { setAffiliation } from '../../src/domain/index.ts';
import { openDomain } from '../../src/domain/testing/open-domain.ts';
import { ask, makePerson, type Person, sideBySide } from '../mastodon/people.ts';
import { type ServerProcess, startServerProcess } from '../server-process.ts';
import { STRANGERS, type Stranger } from './visibility-table.ts';

export interface Stage {
  readonly server: ServerProcess;
  readonly strangers: Readonly<Record<Stranger, Person>>;
  /** A list of all whom each of them follows. */
  readonly lists: ReadonlyMap<Person, string>;
  /** An application's token for everything that one may ask for. */
  readonly app: string;
  /** Whose channel is open. */
  readonly author: Person;
  /** Who answers who may follow. */
  readonly asked: Person;
  /** Whom all strangers follow, who says where things begin and end; the groups' owner. */
  readonly crier: Person;
  /** Native topics by whose channel it is, or by the group's name. */
  readonly channels: Readonly<Record<string, string>>;
}

const GROUPS = { plaza: 'open', house: 'authorize', garden: 'whitelist' } as const;
const MEMBERS: readonly Stranger[] = ['follower', 'mate', 'blocked', 'blocking', 'muting', 'muted'];
const FOLLOWERS: readonly Stranger[] = ['follower', 'fan', 'blocked', 'blocking', 'muting', 'muted', 'kin'];

/** A community with every kind of stranger to its two authors. */
export async function setStage(data: string): Promise<Stage> {
  const server = await startServerProcess(data);
  const people = await sideBySide(
    ['author', 'asked', 'crier', ...STRANGERS].map((name) => () => makePerson(server, name)),
  );
  const named = (name: string): Person => {
    const person = people.find((one) => one.name === name);
    if (!person) throw new Error(`there is no ${name}`);
    return person;
  };
  const { adminToken } = server.credentials;
  const admin = async (path: string, body: object) =>
    (await ask(server, adminToken, ['POST', path, body])) as { readonly id: string; readonly token: string };
  const [author, asked, crier] = [named('author'), named('asked'), named('crier')];
  await ask(server, asked.token, ['PATCH', '/api/v1/accounts/update_credentials', { locked: true }]);
  const groups: Record<string, Pick<Person, 'id'>> = {};
  for (const [name, access] of Object.entries(GROUPS)) {
    groups[name] = await admin('/admin/channels', { name, owner: 'crier', access, defaultAffiliation: 'member' });
  }
  const own = async ({ name }: Person) =>
    ((await ask(server, adminToken, ['GET', `/admin/accounts/${name}`])) as { channel: string }).channel;
  const ids = {
    author: await own(author),
    asked: await own(asked),
    crier: await own(crier),
    ...Object.fromEntries(Object.entries(groups).map(([name, { id }]) => [name, id])),
  };

  // No call of any protocol sets affiliations yet.
  await server.stop();
  await affiliate(data, { author, asked, crier, ids, outcast: named('outcast'), members: MEMBERS.map(named) });
  await server.start();

  const relate = (who: Person, verb: string, { id }: Pick<Person, 'id'>) =>
    ask(server, who.token, ['POST', `/api/v1/accounts/${id}/${verb}`, {}]);
  const strangers = STRANGERS.map(named);
  const followed = new Map<Person, Pick<Person, 'id'>[]>(strangers.map((person) => [person, [crier]]));
  const join = async (person: Person, target: Pick<Person, 'id'>) => {
    await relate(person, 'follow', target);
    followed.get(person)?.push(target);
  };
  for (const person of strangers) await relate(person, 'follow', crier);
  for (const group of Object.values(groups)) {
    await relate(author, 'follow', group);
    for (const name of MEMBERS) await join(named(name), group);
  }
  for (const target of [author, asked]) for (const name of FOLLOWERS) await join(named(name), target);
  for (const owner of [asked, crier]) {
    const requests = (await ask(server, owner.token, ['GET', '/api/v1/follow_requests?limit=80'])) as Person[];
    for (const { id } of requests) await ask(server, owner.token, ['POST', `/api/v1/follow_requests/${id}/authorize`]);
  }
  for (const target of [asked, groups['house']]) if (target) await relate(named('pending'), 'follow', target);
  for (const target of [author, asked]) {
    await relate(target, 'block', named('blocked'));
    await relate(named('blocking'), 'block', target);
    await relate(target, 'mute', named('muted'));
    await relate(named('muting'), 'mute', target);
  }
  return {
    server,
    // One for each name.
    strangers: Object.fromEntries(strangers.map((person) => [person.name, person])) as Record<Stranger, Person>,
    lists: await makeLists(server, followed, [author, asked]),
    app: (await admin('/admin/tokens', { subscribe: ['public', 'hashtag:*', 'channel:*'], ttl: 3_600 })).token,
    author,
    asked,
    crier,
    channels: Object.fromEntries(Object.entries(ids).map(([name, id]) => [name, `channel:${id}`])),
  };
}

interface Affiliated {
  readonly author: Person;
  readonly asked: Person;
  readonly crier: Person;
  readonly outcast: Person;
  readonly members: readonly Person[];
  readonly ids: Readonly<Record<string, string>>;
}

/** On the data of a server that does not run. */
async function affiliate(data: string, { author, asked, crier, outcast, members, ids }: Affiliated): Promise<void> {
  await using domain = await openDomain(data);
  const set = (actor: Person, channel: string, target: Person, affiliation: 'publisher' | 'member' | 'outcast') =>
    domain.run(setAffiliation, {
      actor: Number(actor.id),
      channel: Number(ids[channel]),
      target: Number(target.id),
      affiliation,
    });
  await set(author, 'author', outcast, 'outcast');
  await set(asked, 'asked', outcast, 'outcast');
  for (const group of Object.keys(GROUPS)) {
    await set(crier, group, outcast, 'outcast');
    await set(crier, group, author, 'publisher');
  }
  for (const member of members) await set(crier, 'garden', member, 'member');
}

/** Of all that each follows still. */
async function makeLists(
  server: ServerProcess,
  followed: ReadonlyMap<Person, readonly Pick<Person, 'id'>[]>,
  authors: readonly Person[],
): Promise<ReadonlyMap<Person, string>> {
  const lists = new Map<Person, string>();
  for (const [person, targets] of followed) {
    const made = await ask(server, person.token, ['POST', '/api/v1/lists', { title: 'all' }]);
    const { id } = made as { id: string };
    // A block has ended the follow.
    const hasParted = person.name === 'blocked' || person.name === 'blocking';
    const members = targets.filter(({ id: target }) => !hasParted || authors.every((author) => author.id !== target));
    const account_ids = members.map(({ id: member }) => member);
    await ask(server, person.token, ['POST', `/api/v1/lists/${id}/accounts`, { account_ids }]);
    lists.set(person, id);
  }
  return lists;
}
