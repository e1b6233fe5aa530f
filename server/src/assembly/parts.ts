import type { Database, DatabaseAccess } from '../platform/database/index.ts';
import type { Keyring } from '../platform/keys/index.ts';
import type { Log } from '../platform/log/index.ts';
import type { MediaStore, ScannerAddress } from '../features/media/index.ts';
import type { SftpPlace } from '../features/statistics-export/index.ts';

/** What a node is made with. */
export interface AppParts {
  readonly database: Database;
  /** For the connections that the pool does not give: notifications between nodes, and the job queue. */
  readonly access: DatabaseAccess;
  readonly keyring: Keyring;
  /** Where the files of conversations are, and what looks at them before they are kept: null for nothing. */
  readonly media: { readonly store: MediaStore; readonly scanner: ScannerAddress | null };
  readonly log: Log;
  /** Where backups are made unless a setting says otherwise. */
  readonly dataDir: string;
  /** Of the platform. */
  readonly version: string;
  readonly publicUrl: URL;
  readonly trustedProxies: readonly string[];
  /** Networks that are not public and may be reached all the same. */
  readonly outboundNetworks: readonly string[];
  /** Networks from which the metrics may be read; none: they are not there. */
  readonly metricsNetworks: readonly string[];
  readonly tls: { cert: Buffer; key: Buffer } | null;
  /** Where statistics are fetched by SFTP; null for nowhere. */
  readonly sftp: SftpPlace | null;
  /** Where this node keeps checkpoints of the audit trail, outside the database. */
  readonly checkpointDirectory: string;
  /** The public key of the site that the demo pages carry; null where there is no demo. */
  readonly demoSiteKey: () => Promise<string | null>;
}
