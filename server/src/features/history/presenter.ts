import type { Version } from '@samtal/contract/history';
import { versionDifferences } from './differences.ts';
import type { StoredVersion } from './queries.ts';

export function presentVersion(stored: StoredVersion): Version {
  const { kind, objectId, name, version, reason, restoredFrom, userId, userName } = stored;
  return {
    kind,
    objectId,
    name,
    version,
    newest: version === stored.newest,
    what: whatHappened(stored),
    at: stored.at.toISOString(),
    by: userId === null ? null : { userId, name: userName },
    reason,
    restoredFrom,
    changed: [
      ...new Set(
        versionDifferences(stored.kind, stored.before, stored.body).flatMap(({ path }) => path[0] ?? []),
      ),
    ],
  };
}

function whatHappened({ kind, found, body, before }: StoredVersion): Version['what'] {
  if (found) return 'found';
  if (body === null) return 'removed';
  // Settings are always there; they only say something or nothing.
  return before === null && kind !== 'settings' ? 'made' : 'changed';
}
