import { rebuildStatistics } from '../features/statistics/index.ts';
import { CommandError, type Command } from './command.ts';
import { accountHelp, accountOption, findAccount } from './find-account.ts';
import { withPlatform } from './with-platform.ts';

const rebuild: Command = {
  name: 'statistics rebuild',
  summary:
    'Count all figures of an account anew from its facts, and prove that the published files are what comes out',
  help: [accountHelp],
  options: accountOption,
  run: ({ config, values }) =>
    withPlatform(config, async (platform) => {
      const { id } = await findAccount(platform, values);
      const rebuilt = await rebuildStatistics(platform.database, id);
      const { hours, changedFigures, files, different, failed } = rebuilt;
      if (failed.length > 0)
        throw new CommandError(
          `${failed.length} hours or days cannot be counted: ${failed.slice(0, 10).join(', ')}${failed.length > 10 ? ', …' : ''}. Why stands in the log of the server (statistics-hour-not-counted, statistics-day-not-counted). They are tried again at least once an hour`,
        );
      if (different.length > 0)
        throw new CommandError(
          `${different.length} of ${files} files are not what their facts say, or were changed: ${different.slice(0, 10).join(', ')}${different.length > 10 ? ', …' : ''}. Where figures were wrong, a correction is published within minutes`,
        );
      const text = `${hours} hours were counted anew; ${changedFigures} figures came out different.\nAll ${files} files are what their facts say, to the last byte.`;
      return { text, json: rebuilt };
    }),
};

export const statisticsCommands: readonly Command[] = [rebuild];
