import type { Algorithms } from 'ssh2';

/**
 * What is spoken, strongest first; nothing with SHA-1, CBC or MD5. No groups of RFC 3526: one exchange with those that are large enough
 * holds everybody up for tens of milliseconds, before anybody has signed in. Of ciphers only AES-GCM: the
 * client chooses, OpenSSH prefers others where it can, and they are several times slower here.
 */
export const algorithms: Algorithms = {
  kex: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
  ],
  serverHostKey: ['ssh-ed25519'],
  cipher: ['aes256-gcm@openssh.com', 'aes128-gcm@openssh.com'],
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com'],
  compress: ['none'],
};
