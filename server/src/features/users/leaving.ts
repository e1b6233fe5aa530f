import type { Tx } from '../../platform/database/index.ts';

/**
 * What must happen before somebody can work in the account no more, in the same transaction: conversations that are
 * with them go back to their queues.
 */
export type BeforeLeaving = (tx: Tx, accountId: string, userId: string) => Promise<void>;
