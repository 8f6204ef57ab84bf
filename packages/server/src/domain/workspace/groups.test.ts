import type { CarillonError } from '@carillon/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AccountView,
  changeGroupMembers,
  changeSubgroups,
  createUserGroup,
  deleteAccount,
  deleteUserGroup,
  listAudit,
  type NewAccount,
  roleGroupId,
  updateUserGroup,
  userGroupsNow,
} from '../index.ts';
import { type OpenDomain, openDomain } from '../testing/open-domain.ts';

let domain: OpenDomain;
let count = 0;
beforeAll(async () => {
  domain = await openDomain();
});
afterAll(() => domain[Symbol.asyncDispose]());

const person = (role: NewAccount['role'] = 'member') => domain.account(`person${++count}`, { role });
const refusal = (run: Promise<unknown>) =>
  run.then(
    () => 'done',
    (error: CarillonError) => error.code,
  );
const make = (actor: AccountView, members: readonly number[] = [], subgroups: readonly number[] = []) =>
  domain.run(createUserGroup, { actor: actor.id, name: `Group ${++count}`, members, subgroups });
const groupOf = async (id: number) => (await domain.ask(userGroupsNow, {})).find((group) => group.id === id);
const told = (since: number) => domain.since(since).map(({ topics, data }) => [topics, data]);

describe('a group of accounts', () => {
  it('is made, changed and removed, each told to the community as what it is', async () => {
    const [maker, friend, other] = [await person(), await person(), await person()];
    const since = domain.heard.length;
    const group = await make(maker, [friend.id, friend.id], [roleGroupId('moderators')]);
    const { id } = group;
    const acting = { actor: maker.id, id };

    await domain.run(updateUserGroup, { ...acting, name: ' Capulets ', description: 'a house' });
    await domain.run(updateUserGroup, { ...acting, name: 'Capulets' });
    await domain.run(changeGroupMembers, { ...acting, add: [friend.id, other.id, maker.id], remove: [friend.id] });
    const part = await make(maker);
    await domain.run(changeSubgroups, { ...acting, add: [part.id], remove: [roleGroupId('moderators'), 99] });
    const last = await domain.run(updateUserGroup, { ...acting, deactivated: true });
    expect(await groupOf(id)).toEqual(last);
    await domain.run(deleteUserGroup, acting);

    expect(group).toMatchObject({ members: [friend.id], subgroups: [roleGroupId('moderators')], creator: maker.id });
    const named = { ...group, name: 'Capulets', description: 'a house' };
    expect(last).toEqual({
      ...named,
      members: [other.id, maker.id].sort((a, b) => a - b),
      subgroups: [part.id],
      deactivated: true,
    });
    expect(told(since).map(([topics]) => topics)).toEqual(Array.from({ length: 9 }, () => ['community']));
    expect(told(since).map(([, data]) => data)).toEqual([
      { operation: 'add', group },
      { operation: 'update', group: named, changed: ['name', 'description'] },
      { operation: 'add_members', group: id, members: [other.id, maker.id] },
      { operation: 'remove_members', group: id, members: [friend.id] },
      { operation: 'add', group: part },
      { operation: 'remove_subgroups', group: id, subgroups: [roleGroupId('moderators')] },
      { operation: 'add_subgroups', group: id, subgroups: [part.id] },
      { operation: 'update', group: last, changed: ['deactivated'] },
      { operation: 'remove', group: id },
    ]);
    expect(await groupOf(id)).toBeUndefined();
    const [row] = await domain.ask(listAudit, { before: Number.MAX_SAFE_INTEGER, limit: 1 });
    expect(row).toMatchObject({ actor: `account:${maker.id}`, action: 'groups.delete', target: String(id) });
  });

  it('never holds itself, at whatever depth', async () => {
    const maker = await person();
    const lowest = await make(maker);
    const middle = await make(maker, [], [lowest.id]);
    const highest = await make(maker, [], [middle.id]);
    const add = (id: number, subgroup: number) =>
      refusal(domain.run(changeSubgroups, { actor: maker.id, id, add: [subgroup] }));

    expect(await add(lowest.id, lowest.id)).toBe('conflict');
    expect(await add(lowest.id, highest.id)).toBe('conflict');
    expect(await add(middle.id, highest.id)).toBe('conflict');
    expect(await add(highest.id, lowest.id)).toBe('done');
    expect(await groupOf(lowest.id)).toMatchObject({ subgroups: [] });
  });

  it('is not taken from groups that hold it', async () => {
    const maker = await person();
    const part = await make(maker);
    const whole = await make(maker, [], [part.id]);
    const acting = { actor: maker.id, id: part.id };

    expect(await refusal(domain.run(updateUserGroup, { ...acting, deactivated: true }))).toBe('conflict');
    expect(await refusal(domain.run(deleteUserGroup, acting))).toBe('conflict');
    await domain.run(updateUserGroup, { actor: maker.id, id: whole.id, deactivated: true });
    expect(await refusal(domain.run(changeGroupMembers, { actor: maker.id, id: whole.id, add: [maker.id] }))).toBe(
      'conflict',
    );
    await domain.run(deleteUserGroup, acting);
    expect(await groupOf(whole.id)).toMatchObject({ subgroups: [], deactivated: true });
  });

  it('is changed by moderators and whoever made it, and anybody may leave it', async () => {
    const [maker, moderator, member, guest] = [
      await person(),
      await person('moderator'),
      await person(),
      await person('guest'),
    ];
    const { id } = await make(maker, [member.id, guest.id]);
    const change = (actor: AccountView, wanted: { add?: number[]; remove?: number[] }) =>
      refusal(domain.run(changeGroupMembers, { actor: actor.id, id, ...wanted }));

    expect(await refusal(make(guest))).toBe('forbidden');
    expect(await change(member, { add: [maker.id] })).toBe('forbidden');
    expect(await change(member, { remove: [guest.id] })).toBe('forbidden');
    expect(await change(moderator, { add: [maker.id], remove: [guest.id] })).toBe('done');
    expect(await change(member, { remove: [member.id] })).toBe('done');
    expect(await change(maker, { add: [1] })).toBe('not-found');
    expect(await groupOf(id)).toMatchObject({ members: [maker.id] });
    const roles = { actor: moderator.id, id: roleGroupId('members') };
    expect(await refusal(domain.run(changeGroupMembers, { ...roles, add: [guest.id] }))).toBe('forbidden');
  });

  it.for(['', ' ', 'role:admins', '@everybody', 'x'.repeat(101), 'a\nb'])('is not named %j', async (name) => {
    const maker = await person();

    expect(await refusal(domain.run(createUserGroup, { actor: maker.id, name }))).toBe('unprocessable');
  });

  it('has its name alone, whatever the case', async () => {
    const maker = await person();
    const { id, name } = await make(maker);
    const again = { actor: maker.id, name: name.toUpperCase() };

    expect(await refusal(domain.run(createUserGroup, again))).toBe('conflict');
    expect(await refusal(domain.run(updateUserGroup, { ...again, id }))).toBe('done');
  });

  it('loses accounts that go, also the one that made it', async () => {
    const [maker, member] = [await person(), await person()];
    const { id } = await make(maker, [maker.id, member.id]);

    const entry = { actor: 'test', action: 'accounts.delete', target: '' };
    await domain.run(deleteAccount, { input: { account: maker.id }, entry });

    expect(await groupOf(id)).toMatchObject({ members: [member.id], creator: null });
  });
});

it('knows a group for each role, which holds those above it', async () => {
  const [guest, member, admin] = [await person('guest'), await person(), await person('admin')];
  const groups = new Map((await domain.ask(userGroupsNow, {})).map((group) => [group.system ?? group.name, group]));
  const isIn = (account: AccountView, name: string): boolean => {
    const group = groups.get(name);
    const above = [...groups.values()].filter(({ id }) => group?.subgroups.includes(id));
    return group?.members.includes(account.id) === true || above.some(({ system }) => isIn(account, system ?? ''));
  };
  const names = ['internet', 'everyone', 'members', 'full-members', 'moderators', 'admins', 'owners', 'nobody'];

  const groupsOf = (account: AccountView) => names.filter((name) => isIn(account, name));
  expect(groupsOf(guest)).toEqual(names.slice(0, 2));
  expect(groupsOf(member)).toEqual(names.slice(0, 4));
  expect(groupsOf(admin)).toEqual(names.slice(0, 6));
});
