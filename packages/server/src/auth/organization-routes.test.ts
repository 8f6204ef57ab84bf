import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OpenAuth, openAuth } from './testing/open-auth.ts';

const PATH = '/admin/organization';

let auth: OpenAuth;
beforeAll(async () => {
  auth = await openAuth();
  await auth.call('POST', '/admin/accounts', { name: 'prince' });
});
afterAll(() => auth[Symbol.asyncDispose]());

describe('the organization', () => {
  it('is shown and changed, each with a row in the audit', async () => {
    expect(await auth.call('GET', PATH)).toMatchObject({
      status: 200,
      body: { title: 'Verona', registrations: false, rules: [], contact: null, language: 'en', languages: ['en'] },
    });

    const changed = await auth.call('PATCH', PATH, {
      description: 'Where we lay our scene.',
      registrations: true,
      rules: ['Bite no thumbs.', { text: 'Keep the peace.', hint: 'Or pay.' }],
      contact: 'Prince',
      languages: ['it'],
      settings: { editLimitSeconds: 600, openChannels: 'admins' },
    });
    const shown = await auth.call('GET', PATH);

    expect(changed).toMatchObject({
      status: 200,
      body: {
        title: 'Verona',
        description: 'Where we lay our scene.',
        registrations: true,
        rules: [
          { id: expect.stringMatching(/^\d+$/), text: 'Bite no thumbs.', hint: '' },
          { text: 'Keep the peace.', hint: 'Or pay.' },
        ],
        contact: 'prince',
        languages: ['en', 'it'],
        settings: { editLimitSeconds: 600, openChannels: 'admins', editing: true },
      },
    });
    expect(shown.body).toEqual(changed.body);
    const { text } = await auth.call('GET', '/admin/audit');
    expect(text).toContain('organization.show');
    expect(text).toContain('organization.update');
  });

  it('takes back the rules that it showed, unchanged', async () => {
    const { body } = await auth.call('PATCH', PATH, { rules: ['One.', 'Two.'] });

    expect((await auth.call('PATCH', PATH, { rules: body['rules'] })).body['rules']).toEqual(body['rules']);
  });

  it.each([
    [{ title: ' ' }, 400],
    [{ title: 'x'.repeat(101) }, 400],
    [{ registrations: 'open' }, 400],
    [{ rules: [''] }, 400],
    [{ rules: Array.from({ length: 51 }, () => 'x') }, 400],
    [{ rules: [{ id: '1', text: 'x' }] }, 422],
    [{ language: 'Italian, the language' }, 400],
    [{ contact: 'nobody' }, 422],
    [{ motto: 'x' }, 400],
    [{ settings: { editing: [] } }, 400],
    [{ settings: { editing: 'no' } }, 422],
    [{ settings: { motto: 'x' } }, 422],
  ])('%j is refused and changes nothing', async (body, status) => {
    const before = await auth.call('GET', PATH);

    expect((await auth.call('PATCH', PATH, body)).status).toBe(status);
    expect((await auth.call('GET', PATH)).body).toEqual(before.body);
  });

  it('is no concern of whoever is not the administrator', async () => {
    for (const method of ['GET', 'PATCH']) {
      expect((await auth.call(method, PATH, undefined, { authorization: '' })).status).toBe(401);
    }
  });
});
