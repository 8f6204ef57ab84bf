import * as z from 'zod';
import {
  type AccountSettings,
  createMedia,
  type OwnAccount,
  ownAccount,
  type ProfileChange,
  type ProfileField,
  updateProfile,
} from '../../../domain/index.ts';
import { PROFILE_LIMITS, readVisibility, toCredentialAccount } from '../entities/index.ts';
import { type Call, flag, HALF_AN_HOUR, invalid, many, type Rest, textField, user } from '../http/index.ts';
import { comingUpload } from './read-upload.ts';

const WRITE = user('write:accounts');
/** Pictures; each is a file. */
const PICTURES = { name: 'pictures', calls: 30, windowMs: HALF_AN_HOUR };
const picture = z.union([z.instanceof(File), z.literal('').transform(() => undefined)]).optional();

/** BCP 47 without its rarer forms. */
const LANGUAGE = /^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/;
const MAX_LANGUAGES = 100;

const change = z.object({
  display_name: textField(PROFILE_LIMITS.displayName),
  note: textField(PROFILE_LIMITS.note),
  avatar: picture,
  avatar_description: textField(1_500),
  header: picture,
  header_description: textField(1_500),
  locked: flag,
  bot: flag,
  discoverable: flag,
  indexable: flag,
  fields_attributes: many(
    z.object({
      name: z.string().max(PROFILE_LIMITS.fieldText).default(''),
      value: z.string().max(PROFILE_LIMITS.fieldText).default(''),
    }),
    PROFILE_LIMITS.fields,
  ),
  /** Ours: Mastodon has this choice only on its settings page. An empty list wants posts in every language. */
  chosen_languages: many(z.string().regex(LANGUAGE, 'is not a language'), MAX_LANGUAGES),
  source: z
    .object({
      privacy: z.enum(['public', 'unlisted', 'private', 'direct']).optional(),
      sensitive: flag,
      language: z.union([z.literal(''), z.string().regex(LANGUAGE, 'is not a language')]).nullish(),
    })
    .optional(),
});
type Change = z.infer<typeof change>;

/** Somebody's own account, and how it changes. */
export function credentialRoutes(rest: Rest): void {
  rest.get('/api/v1/accounts/verify_credentials', user('profile', 'read:accounts'), async (call) =>
    toCredentialAccount(await call.query(ownAccount, { account: call.viewer }), call.site),
  );
  rest.on('PATCH', '/api/v1/accounts/update_credentials', WRITE, async (call) => {
    return holdingPictures(call, async () => {
      const asked = await call.input(change);
      for (const file of [asked.avatar, asked.header]) if (file !== undefined) rest.count(call, PICTURES);
      return update(call, asked);
    });
  });
  rest.delete('/api/v1/profile/avatar', WRITE, (call) => apply(call, { avatar: null }));
  rest.delete('/api/v1/profile/header', WRITE, (call) => apply(call, { header: null }));
}

/** Both pictures of a form are read into memory with it. */
function holdingPictures<Result>(call: Call<number>, work: () => Promise<Result>): Promise<Result> {
  const { media, settings } = call.deps;
  const isForm = call.context.req.header('content-type')?.startsWith('multipart/');
  return isForm ? media.hold(comingUpload(call, 2 * settings.maxMediaBytes), work) : work();
}

async function update(call: Call<number>, asked: Change): Promise<object> {
  const { display_name: displayName, note, fields_attributes: fields, avatar, header } = asked;
  const { locked, bot, discoverable, indexable } = asked;
  const profile: ProfileChange = {
    ...defined({ displayName, locked, bot, discoverable, indexable }),
    ...(note === undefined ? {} : { note: { text: note, html: await render(call, note) } }),
    ...(fields === undefined ? {} : { fields: await fieldsOf(call, fields) }),
    ...(avatar === undefined ? {} : { avatar: await keep(call, avatar, asked.avatar_description) }),
    ...(header === undefined ? {} : { header: await keep(call, header, asked.header_description) }),
  };
  return apply(call, profile, settingsOf(asked));
}

async function apply(call: Call<number>, profile: ProfileChange, settings?: Partial<AccountSettings>): Promise<object> {
  const own: OwnAccount = await call.run(updateProfile, {
    actor: call.viewer,
    profile,
    ...(settings === undefined ? {} : { settings }),
  });
  return toCredentialAccount(own, call.site);
}

function settingsOf({ source = {}, chosen_languages: chosen }: Change): Partial<AccountSettings> {
  const { privacy, sensitive, language } = source;
  return {
    ...(chosen === undefined ? {} : { chosenLanguages: chosen.length > 0 ? chosen : null }),
    ...(privacy === undefined ? {} : { visibility: readVisibility(privacy) }),
    ...(sensitive === undefined ? {} : { sensitive }),
    ...(language === undefined ? {} : { language: language || null }),
  };
}

/** Fields without a name and a value are left out: so a client takes one away. */
async function fieldsOf(
  call: Call<number>,
  fields: NonNullable<Change['fields_attributes']>,
): Promise<readonly ProfileField[]> {
  const written = fields.filter(({ name, value }) => name.trim() !== '' || value.trim() !== '');
  if (written.some(({ name }) => name.trim() === '')) throw invalid("Fields name can't be blank");
  const rendered = await Promise.all(written.map(({ value }) => render(call, value)));
  return written.map(({ name, value }, index) => ({ name, value, html: withoutParagraph(rendered[index] ?? '') }));
}

/** A text of the profile as HTML, with the accounts that it names as they are now. */
async function render(call: Call<number>, text: string): Promise<string> {
  return (await call.deps.bodies.render({ format: 'plain', text }, { owner: String(call.viewer) })).html;
}

function withoutParagraph(html: string): string {
  const [, inner] = /^<p>(.*)<\/p>$/s.exec(html) ?? [];
  return inner === undefined || inner.includes('<p>') ? html : inner;
}

async function keep(call: Call<number>, file: File, description: string | undefined): Promise<number> {
  const stored = await call.deps.media.save(Buffer.from(await file.arrayBuffer()), String(call.viewer));
  if (stored.type !== 'image') {
    await call.deps.media.remove([stored.file, ...(stored.preview === null ? [] : [stored.preview])]);
    throw invalid('Avatar content type is invalid');
  }
  const { id } = await call.run(createMedia, { actor: call.viewer, ...stored, description: description ?? null });
  return id;
}

/** The object without what is undefined. */
function defined<Value extends object>(value: Value): { [Key in keyof Value]?: Exclude<Value[Key], undefined> } {
  // Exactly those entries are left out that the type leaves out.
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as {
    [Key in keyof Value]?: Exclude<Value[Key], undefined>;
  };
}
