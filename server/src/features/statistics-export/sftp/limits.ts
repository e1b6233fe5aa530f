/** What one client, and all of them together, may have of the SFTP server. Milliseconds and bytes. */
export interface SftpLimits {
  /** Until somebody has signed in. */
  readonly loginMs: number;
  /** Refused ways of signing in on one connection. */
  readonly loginTries: number;
  /** Every refusal takes at least so long, whatever it was for: its time tells nothing. */
  readonly refusalMs: number;
  /** Without a request of SFTP. */
  readonly idleMs: number;
  readonly sessionMs: number;
  readonly connections: number;
  /** That nobody has signed in on yet: beyond that many the oldest goes, so that whoever comes can try. */
  readonly notSignedIn: number;
  /** From one IPv4 address or IPv6 network (/64). */
  readonly connectionsPerNetwork: number;
  /** New ones of such a network within a minute; then one after the other. And of how many networks that is known. */
  readonly connectionsPerMinute: number;
  readonly networksKnown: number;
  /** Of one export account, signed in. */
  readonly sessionsPerAccount: number;
  readonly channels: number;
  /** That one connection opens one after the other. */
  readonly channelsInAll: number;
  readonly handles: number;
  /** What a client has asked for and not taken yet. */
  readonly unsentBytes: number;
  /** The same of answers of any kind, in the pieces that they are kept in: each takes half a kilobyte more than its bytes. */
  readonly unsentPieces: number;
  /** Requests that wait because of it. */
  readonly waitingRequests: number;
  /** What is kept of files while they are read, of one connection, and of all of them together. */
  readonly keptBytes: number;
  readonly keptBytesInAll: number;
  /** Files that a connection opens within a minute: beyond that it waits. */
  readonly opensPerMinute: number;
  /** After so much a connection gets new keys (RFC 4253, 9), and after so long. */
  readonly rekeyBytes: number;
  readonly rekeyMs: number;
  /** Until new keys are there; nothing is answered meanwhile. A slow client first has to take what was sent before. */
  readonly exchangeMs: number;
  /** New keys that a client asks for within a minute. */
  readonly rekeysPerMinute: number;
  /** Longer than that no question to the database may take: whoever asked is told that it failed. */
  readonly statementMs: number;
  /** How often it is asked whether the keys of open sessions still stand. */
  readonly recheckMs: number;
  /** Sessions end when that could not be asked for so long: nobody knows whether they may go on. */
  readonly blindMs: number;
  /** What is not on the audit trail yet: entries, and for how long. Beyond that nothing is served. */
  readonly unwrittenEntries: number;
  readonly unwrittenMs: number;
}

export const sftpLimits: SftpLimits = {
  loginMs: 20_000,
  loginTries: 3,
  refusalMs: 300,
  idleMs: 10 * 60_000,
  sessionMs: 6 * 3_600_000,
  connections: 200,
  notSignedIn: 50,
  connectionsPerNetwork: 20,
  connectionsPerMinute: 60,
  networksKnown: 10_000,
  sessionsPerAccount: 10,
  channels: 4,
  channelsInAll: 1_000,
  handles: 8,
  unsentBytes: 1_048_576,
  unsentPieces: 16_384,
  waitingRequests: 1_024,
  keptBytes: 16 * 1_048_576,
  keptBytesInAll: 128 * 1_048_576,
  opensPerMinute: 3_000,
  rekeyBytes: 2 ** 30,
  rekeyMs: 3_600_000,
  exchangeMs: 120_000,
  rekeysPerMinute: 10,
  statementMs: 5_000,
  recheckMs: 400,
  blindMs: 10_000,
  unwrittenEntries: 1_000,
  unwrittenMs: 30_000,
};

/** The node ends the process when it has not been heard of for so long. */
export const silenceMs = 5_000;
export const heartbeatMs = 1_000;
