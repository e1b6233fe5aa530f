export * from './data-classes.ts';

/**
 * requested → live-erased          nothing of it is in the database any more
 * live-erased → bucket-rotated     the keys are destroyed: no copy of the database can be read
 * bucket-rotated → backups-expired no backup of the keyring is left that has them
 */
export const erasureStates = ['requested', 'live-erased', 'bucket-rotated', 'backups-expired'] as const;
export type ErasureState = (typeof erasureStates)[number];

/** What can be asked for: a case, all that belongs to the value of an indexed attribute, all log lines of an address. */
export const erasureSubjects = ['case', 'attribute', 'address'] as const;
export type ErasureSubject = (typeof erasureSubjects)[number];
