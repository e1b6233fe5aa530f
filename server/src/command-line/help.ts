import type { Command } from './command.ts';
import { table } from './table.ts';

/** Every command in a line. */
export function overview(commands: readonly Command[]): string {
  const rows = commands.map(({ name, summary }) => [`  samtal ${name}`, summary]);
  return [
    'Usage: samtal <command> [options]',
    table(['', ''], rows),
    '',
    '  samtal <command> --help   what a command takes',
    '  samtal --version          which version this is',
    '',
    'The installation is chosen by SAMTAL_* variables; see docs/operations.',
  ].join('\n');
}

/** One command with its options. */
export function commandHelp({ name, summary, help }: Command): string {
  const rows = [...help, ['--json', 'Answer in JSON, for programs'], ['--help', 'Say this']].map(
    ([option = '', meaning = '']) => [`  ${option}`, meaning],
  );
  return `${summary}.\n\nUsage: samtal ${name}${help.length === 0 ? '' : ' [options]'}\n${table(['', ''], rows)}`;
}
