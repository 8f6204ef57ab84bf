import type { Command } from 'commander';
import { type AdminOptions, addAdminOptions, adminRequest } from './admin-request.ts';
import type { CliContext } from './output.ts';

/** `carillon channel affiliate`: who is what in a group channel, at a running server. */
export function addChannelCommands(program: Command, context: CliContext): void {
  const channel = program.command('channel').description('say who is what in the group channels of the community');
  const affiliate = channel
    .command('affiliate')
    .description('make an account something in a channel; the last owner stays one')
    .argument('<channel>', 'the name of a group channel')
    .argument('<account>', 'the name of an account')
    .argument('<affiliation>', 'owner, moderator, publisher, member, none or outcast');
  addAdminOptions(affiliate).action(
    async (name: string, account: string, affiliation: string, options: AdminOptions) => {
      const path = `/admin/channels/${encodeURIComponent(name)}/affiliations`;
      const given = await adminRequest(context, options, { method: 'POST', path, body: { account, affiliation } });
      const line = [given['channel'], given['account'], given['affiliation']].map(String).join('\t');
      context.out(options.json ? JSON.stringify(given) : line);
    },
  );
}
