/** Who has signed in. */
export interface Login {
  readonly sessionId: string;
  readonly accountId: string;
  readonly exportAccountId: string;
  readonly keyId: string;
}

/** Whose doing it is, and whom it is about, on the audit trail. */
export function aboutSession({ exportAccountId }: Pick<Login, 'exportAccountId'>) {
  return {
    actor: { kind: 'export-account', id: exportAccountId },
    subject: { kind: 'export-account', id: exportAccountId },
  } as const;
}
