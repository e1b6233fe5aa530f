import { maxReasonLength } from '@samtal/contract/history';
import { optional, UsageError, type Values } from './command.ts';

/** Why something is changed (H1), as every command that makes a version takes it. */
export const reasonOption = { reason: { type: 'string' } } as const;
export const reasonHelp = ['--reason <text>', 'Why, for the history'] as const;

export function reasonOf(values: Values): string {
  const reason = optional(values, 'reason') ?? '';
  if (reason.length > maxReasonLength)
    throw new UsageError(`--reason is longer than ${maxReasonLength} characters`);
  return reason;
}
