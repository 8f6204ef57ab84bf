import type { PostBody } from '../../../domain/index.ts';
import { type Call, Refusal } from '../http/index.ts';

/** The Markdown of a message as a body; throws for one that says nothing. */
export async function writeBody(call: Call, content: string): Promise<PostBody> {
  const text = content.replaceAll('\r\n', '\n').trimEnd().replace(/^\n+/, '');
  if (text.trim() === '') throw new Refusal('Message must not be empty');
  if (text.includes('\0')) throw new Refusal('Message must not contain null bytes');
  const source = { format: 'markdown', text } as const;
  return {
    source,
    ...(await call.deps.bodies.render(source, { owner: String(call.viewer) })),
    language: null,
    sensitive: false,
    warning: '',
    media: [],
  };
}
