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
  /** From one IPv4 address or IPv6 network (/64). */
  readonly connectionsPerNetwork: number;
  /** Of one export account, signed in. */
  readonly sessionsPerAccount: number;
  readonly channels: number;
  readonly handles: number;
  /** What a client has asked for and not taken yet. */
  readonly unsentBytes: number;
  /** Requests that wait because of it. */
  readonly waitingRequests: number;
  /** After so much a connection gets new keys (RFC 4253, 9), and after so long. */
  readonly rekeyBytes: number;
  readonly rekeyMs: number;
  /** New keys that a client asks for within a minute. */
  readonly rekeysPerMinute: number;
  /** How often it is asked whether the keys of open sessions still stand. */
  readonly recheckMs: number;
}

export const sftpLimits: SftpLimits = {
  loginMs: 20_000,
  loginTries: 3,
  refusalMs: 300,
  idleMs: 10 * 60_000,
  sessionMs: 6 * 3_600_000,
  connections: 200,
  connectionsPerNetwork: 20,
  sessionsPerAccount: 10,
  channels: 4,
  handles: 8,
  unsentBytes: 1_048_576,
  waitingRequests: 1_024,
  rekeyBytes: 2 ** 30,
  rekeyMs: 3_600_000,
  rekeysPerMinute: 10,
  recheckMs: 400,
};

/** The node ends the process when it has not been heard of for so long. */
export const silenceMs = 5_000;
export const heartbeatMs = 1_000;
