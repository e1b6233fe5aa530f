import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findingCodes, judgeInstallation, type InstallationFacts } from './judge-installation.ts';

const now = new Date('2026-03-04T12:00:00Z');
const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 3_600_000);

const sound: InstallationFacts = {
  now,
  publicUrl: new URL('https://chat.example.org'),
  isLocal: false,
  demo: false,
  firstRunFile: false,
  dataDirectoryMode: 0o700,
  keyringBesideData: false,
  mailServer: true,
  scanner: true,
  backupRecipients: 1,
  identityFile: false,
  newestBackup: hoursAgo(25),
  retentionLateMs: 59 * 60_000,
  notDurable: [],
  clockAheadMs: -4_000,
  rotationDueSince: hoursAgo(1),
  statisticsFailing: { since: hoursAgo(0.2), accounts: 1 },
  certificatesEnding: 0,
  oldKeys: 0,
  since: hoursAgo(1000),
};

/** What makes each finding, and how bad it is. */
const unsound: Record<string, [Partial<InstallationFacts>, 'serious' | 'notice']> = {
  'no-tls': [{ publicUrl: new URL('http://chat.example.org') }, 'serious'],
  'data-directory-open': [{ dataDirectoryMode: 0o750 }, 'serious'],
  'not-durable': [{ notDurable: ['fsync'] }, 'serious'],
  'clock-drift': [{ clockAheadMs: -6_000 }, 'serious'],
  demo: [{ demo: true }, 'serious'],
  'first-run-file': [{ firstRunFile: true }, 'serious'],
  'keyring-beside-data': [{ keyringBesideData: true }, 'notice'],
  'no-backup-recipients': [{ backupRecipients: 0 }, 'notice'],
  'backup-identity': [{ identityFile: true }, 'notice'],
  'backup-late': [{ newestBackup: hoursAgo(27) }, 'serious'],
  'retention-late': [{ retentionLateMs: 61 * 60_000 }, 'serious'],
  'rotation-late': [{ rotationDueSince: hoursAgo(3) }, 'serious'],
  'statistics-failing': [{ statisticsFailing: { since: hoursAgo(2), accounts: 3 } }, 'serious'],
  'certificate-ends': [{ certificatesEnding: 1 }, 'notice'],
  'key-old': [{ oldKeys: 1 }, 'notice'],
  'no-mail': [{ mailServer: false }, 'notice'],
  'no-scanner': [{ scanner: false }, 'notice'],
};

describe('the self-check of an installation', () => {
  const found = (facts: Partial<InstallationFacts>) =>
    judgeInstallation({ ...sound, ...facts }).map(({ code, level }) => [code, level]);

  it('finds nothing where all is well', () => assert.deepEqual(found({}), []));

  it('is tried here with everything that it looks for', () =>
    assert.deepEqual(Object.keys(unsound), findingCodes));

  for (const [code, [facts, level]] of Object.entries(unsound))
    it(`finds ${code}`, () => assert.deepEqual(found(facts), [[code, level]]));

  it('takes less seriously what only this machine can reach', () => {
    const local = {
      isLocal: true,
      publicUrl: new URL('http://127.0.0.1:8080'),
      demo: true,
      firstRunFile: true,
    };
    assert.deepEqual(found(local), [
      ['no-tls', 'notice'],
      ['demo', 'notice'],
      ['first-run-file', 'notice'],
    ]);
  });

  it('expects a backup from the second day on, and none before there is an account', () => {
    assert.deepEqual(found({ newestBackup: null }), [['backup-late', 'serious']]);
    assert.deepEqual(found({ newestBackup: null, since: hoursAgo(25) }), []);
    assert.deepEqual(found({ newestBackup: null, since: null }), []);
  });
});
