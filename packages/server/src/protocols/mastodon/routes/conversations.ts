import { conversationsOf, deleteConversation, readConversation } from '../../../domain/index.ts';
import { type Rest, STATUSES, user } from '../http/index.ts';
import { showFor } from './show.ts';

const WRITE = user('write:conversations');

/** Direct conversations, paged by the ids of their last statuses (docs.joinmastodon.org/methods/conversations). */
export function conversationRoutes(rest: Rest): void {
  rest.get('/api/v1/conversations', user('read:statuses'), async (call) => {
    const page = call.page(STATUSES);
    const rows = await call.query(conversationsOf, { viewer: call.viewer, page });
    const show = await showFor(call);
    return call.list(rows, page, show.conversation);
  });
  for (const [action, unread] of [
    ['read', false],
    ['unread', true],
  ] as const) {
    rest.post(`/api/v1/conversations/:id/${action}`, WRITE, async (call) => {
      const conversation = await call.run(readConversation, { actor: call.viewer, id: call.id(), unread });
      return (await showFor(call)).conversation(conversation);
    });
  }
  rest.delete('/api/v1/conversations/:id', WRITE, async (call) => {
    await call.run(deleteConversation, { actor: call.viewer, id: call.id() });
  });
}
