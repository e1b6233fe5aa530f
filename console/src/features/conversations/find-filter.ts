import { conversationStates, type ConversationState } from '@samtal/contract/conversations';
import type { FindFilter } from './queries.ts';

/** What stands in the search fields, as text. Empty means any. Days are `YYYY-MM-DD` in this machine’s time zone. */
export interface FindFields {
  readonly caseId: string;
  readonly agentId: string;
  readonly queueId: string;
  readonly state: string;
  readonly tag: string;
  readonly from: string;
  readonly until: string;
  /** An attribute by its key, and the value to look for. Never part of an address. */
  readonly attribute: string;
  readonly value: string;
  /** Words to look for in the texts. Never part of an address either. */
  readonly words: string;
}

export const emptyFields: FindFields = {
  caseId: '',
  agentId: '',
  queueId: '',
  state: '',
  tag: '',
  from: '',
  until: '',
  attribute: '',
  value: '',
  words: '',
};

/** The fields as the API takes them; null when the case id cannot be one. The last day counts in full. */
export function filterOf(fields: FindFields): FindFilter | null {
  const caseId = fields.caseId.trim();
  if (caseId !== '' && !isCaseId(caseId)) return null;
  return {
    ...(caseId === '' ? {} : { caseId }),
    ...(fields.agentId === '' ? {} : { agentId: fields.agentId }),
    ...(fields.queueId === '' ? {} : { queueId: fields.queueId }),
    ...(isState(fields.state) ? { state: fields.state } : {}),
    ...(fields.tag === '' ? {} : { tag: fields.tag }),
    ...(fields.from === '' ? {} : { from: startOfDay(fields.from, 0) }),
    ...(fields.until === '' ? {} : { until: startOfDay(fields.until, 1) }),
  };
}

/** Two groups of five from Crockford’s base 32, with or without the dash (E10). */
function isCaseId(text: string): boolean {
  return /^[0-9A-HJKMNP-TV-Z]{5}-?[0-9A-HJKMNP-TV-Z]{5}$/i.test(text);
}

function isState(text: string): text is ConversationState {
  return conversationStates.some((state) => state === text);
}

function startOfDay(day: string, plusDays: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + plusDays).toISOString();
}
