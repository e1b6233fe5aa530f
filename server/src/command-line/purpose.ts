import { maxReasonLength } from '@samtal/contract/history';
import { CommandError, type Values } from './command.ts';

/** What roles are given for, as `--purpose` says; empty where it does not. */
export function readPurpose(values: Values): string {
  const purpose = typeof values['purpose'] === 'string' ? values['purpose'].trim() : '';
  if (purpose.length > maxReasonLength)
    throw new CommandError(`A purpose has at most ${maxReasonLength} characters`);
  return purpose;
}
