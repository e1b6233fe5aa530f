import ssh2 from 'ssh2';

type Made = ReturnType<typeof ssh2.utils.generateKeyPairSync>;

/**
 * The first pair that is one: ssh2 1.17.0 leaves a zero out that an Ed25519 key begins with, so that one in 256 can be read by nobody, ssh2
 * included.
 */
export function soundPair(make: () => Made): Made {
  for (;;) {
    const made = make();
    if (!(ssh2.utils.parseKey(made.public) instanceof Error)) return made;
  }
}
