import type { SubjectActivity, SubjectConversation, SubjectDocument } from '@samtal/contract/subject-access';

/** What stands at the beginning of a document. */
export type Heading = Pick<SubjectDocument, 'accountName' | 'madeAt' | 'subject' | 'notes'>;

/** Everything about a subject, gathered while it is written down: no more than one conversation is in memory. */
export interface Bundle {
  readonly heading: Heading;
  readonly conversations: AsyncIterable<SubjectConversation>;
  readonly activity: AsyncIterable<SubjectActivity>;
}
