import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { Refusal } from '../../platform/http/index.ts';

/** Argon2id (RFC 9106) with the least that ASVS 5.0 asks for: 19 MiB, two passes, one lane. About 30 ms. */
const current = { memory: 19_456, passes: 2, parallelism: 1 };
const saltLength = 16;
const tagLength = 32;

/** Hashing takes all of a core. Two at a time leave the rest of the server room to answer. */
const atOnce = 2;
const mostWaiting = 64;

interface Parameters {
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
}

/** Hashes and verifies passwords, a few at a time; refuses with `request.rate-limited` when too many are waiting. */
export class Passwords {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  /** A new hash in the PHC string format. */
  async hash(password: string): Promise<string> {
    const salt = randomBytes(saltLength);
    const tag = await this.#inTurn(() => derive(password, salt, current));
    const { memory, passes, parallelism } = current;
    return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${unpadded(salt)}$${unpadded(tag)}`;
  }

  /** Whether the password is the one hashed. Without a hash it is not, which takes just as long to find out. */
  async verify(password: string, hash: string | null): Promise<boolean> {
    const { parameters, salt, tag } = hash === null ? nobody() : parsed(hash);
    const given = await this.#inTurn(() => derive(password, salt, parameters, tag.length));
    // Text that is not Unicode has no bytes of its own: several such passwords would count as the same.
    return timingSafeEqual(given, tag) && hash !== null && password.isWellFormed();
  }

  /** Refuses early when there would be no turn, before an attempt is counted. */
  refuseWhenBusy(): void {
    if (this.#waiting.length >= mostWaiting) throw new Refusal('request.rate-limited', { retryAfterS: 2 });
  }

  async #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    this.refuseWhenBusy();
    if (this.#running >= atOnce) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running += 1;
    try {
      return await work();
    } finally {
      // The turn goes straight to whoever waits longest, so that nobody can slip in between.
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}

async function derive(
  password: string,
  nonce: Buffer,
  parameters: Parameters,
  length: number = tagLength,
): Promise<Buffer> {
  const message = Buffer.from(password, 'utf8');
  return await new Promise((resolve, reject) => {
    argon2('argon2id', { message, nonce, ...parameters, tagLength: length }, (error, tag) => {
      message.fill(0);
      if (error === null) resolve(tag);
      else reject(error);
    });
  });
}

function nobody(): { parameters: Parameters; salt: Buffer; tag: Buffer } {
  return { parameters: current, salt: randomBytes(saltLength), tag: Buffer.alloc(tagLength) };
}

const phc = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

function parsed(hash: string): { parameters: Parameters; salt: Buffer; tag: Buffer } {
  const [, memory, passes, parallelism, salt = '', tag = ''] = phc.exec(hash) ?? [];
  if (tag === '') throw new Error('A stored password hash is not an Argon2id hash in the PHC format');
  return {
    parameters: { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) },
    salt: Buffer.from(salt, 'base64'),
    tag: Buffer.from(tag, 'base64'),
  };
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
