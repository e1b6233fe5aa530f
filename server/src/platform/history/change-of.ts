import type { ChangeNote } from './record-version.ts';

/** The body of a change in its two parts: what is changed, and what is said about it. */
export function changeOf<Body extends ChangeNote>({
  version,
  reason,
  ...changes
}: Body): { changes: Omit<Body, 'version' | 'reason'>; note: ChangeNote } {
  return {
    changes,
    note: { ...(version === undefined ? {} : { version }), ...(reason === undefined ? {} : { reason }) },
  };
}
