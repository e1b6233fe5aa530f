/** One way to attack or abuse the platform, and what has to come of it. */
export interface AttackCase {
  readonly number: number;
  readonly attack: string;
  readonly expected: string;
  /** Why no test proves it: what is attacked is not there. */
  readonly notYet?: string;
  /** What the tests that there are leave open. */
  readonly lacks?: string;
}

export interface AttackChapter {
  readonly title: string;
  readonly cases: readonly AttackCase[];
}

const noFetching = 'nothing is fetched from or sent to the SFTP server of somebody else';
const noAi = 'no AI provider is called';

/**
 * What a hostile document, visitor, user, operator, file or network may try, numbered for good. A test that proves a case says so
 * at the beginning of its title, as `attack 41: …`; `docs/security/attacks.md` is made of both.
 */
export const attackChapters: readonly AttackChapter[] = [
  {
    title: 'A. Federation',
    cases: [
      {
        number: 1,
        attack: 'Signature wrapping 1: a forged response holds the signed one inside its signature',
        expected: 'refused for its structure; no session',
      },
      {
        number: 2,
        attack: 'Signature wrapping 2: a detached signature in front of the signed response',
        expected: 'refused',
      },
      {
        number: 3,
        attack: 'Signature wrapping 3 and 4: a forged assertion beside or around the signed one',
        expected: 'refused',
      },
      {
        number: 4,
        attack:
          'Signature wrapping 5 and 6: the signature sits in the forged assertion, the signed one elsewhere',
        expected: 'refused',
      },
      {
        number: 5,
        attack:
          'Signature wrapping 7 and 8: the signed assertion hides in an extension or object, or an ID occurs twice',
        expected: 'refused',
      },
      {
        number: 6,
        attack: 'Comment, CDATA or processing instruction within a signed name',
        expected: 'refused before XML is parsed',
      },
      {
        number: 7,
        attack: 'DOCTYPE, external entities, entities that multiply',
        expected: 'refused at once; no connection goes out',
      },
      {
        number: 8,
        attack: 'Signature left out, made with another key or a MAC, over SHA-1, or ambiguous',
        expected: 'each refused',
      },
      {
        number: 9,
        attack: 'A valid assertion for another audience, address, connection or account',
        expected: 'refused',
      },
      {
        number: 10,
        attack: 'The same response again, one after the other and 20 at once',
        expected: 'one session at most',
      },
      {
        number: 11,
        attack: 'The response to a sign-in that another browser began',
        expected: 'refused',
      },
      {
        number: 12,
        attack: 'A document of a megabyte with thousands of signatures',
        expected: 'refused by its size within milliseconds',
      },
      {
        number: 13,
        attack: 'An identity provider of one account asserts the address of another account’s administrator',
        expected: 'a user of the first account at most; the other one is not touched',
      },
      {
        number: 14,
        attack: 'A relay state that leads to another site or is a script',
        expected: 'ignored',
      },
      {
        number: 15,
        attack:
          'OpenID Connect: mixed-up provider, used nonce, no signature, other audience, unverified address',
        expected: 'each refused',
      },
    ],
  },
  {
    title: 'B. Signing in and sessions',
    cases: [
      {
        number: 16,
        attack: '200 wrong one-time codes at once',
        expected: 'five are compared; then the right one is refused too',
      },
      {
        number: 17,
        attack: 'A new code to get new tries',
        expected: 'the count of the hour goes on',
      },
      {
        number: 18,
        attack: 'A code for one purpose or session used for another',
        expected: 'refused',
      },
      {
        number: 19,
        attack: 'A code a second after its ten minutes, an elevation a second after its hour',
        expected: 'refused',
      },
      {
        number: 20,
        attack: 'Elevated in one session, sensitive work in another one of the same person',
        expected: 'refused',
      },
      {
        number: 21,
        attack: 'Text messages sent again and again, to expensive numbers or from many users',
        expected: 'capped, and told of',
      },
      {
        number: 22,
        attack: 'One password tried for many users from one IPv6 network with many addresses',
        expected: 'the network is slowed down',
      },
      {
        number: 23,
        attack: 'Wrong passwords without end, to lock the owner out',
        expected: 'the owner gets in from a device that is known',
      },
      {
        number: 24,
        attack: 'Asking by sign-in, reset or invitation who has an account',
        expected: 'the same answer and the same work, known or not',
      },
      {
        number: 25,
        attack: 'Passwords of 5,000 characters, with NUL or emoji, or alike in their first 72 bytes',
        expected: 'bounded, and judged to the last character',
      },
      {
        number: 26,
        attack: 'Going on after one’s password was changed, one was switched off, or a role was withdrawn',
        expected: 'sessions, sockets and keys end at once',
      },
      {
        number: 27,
        attack: 'A cookie planted before somebody signs in',
        expected: 'another session after signing in',
      },
      {
        number: 28,
        attack: '20 sign-ins at once where one session is allowed',
        expected: 'one session lives',
      },
      {
        number: 29,
        attack: 'A tab that polls and an open socket keep an idle session alive',
        expected: 'it ends',
      },
      {
        number: 30,
        attack: 'A refresh token used twice',
        expected: 'all that came of it is revoked',
        notYet: 'no refresh tokens are given out',
      },
      {
        number: 31,
        attack: 'Reading a session’s token by script, or out of an address, a log line or a referrer',
        expected: 'it is in a `__Host-` cookie and nowhere else',
      },
      {
        number: 32,
        attack: 'Request forgery: forms, simple requests, no token, another session’s token',
        expected: 'refused; nothing changes',
      },
      {
        number: 33,
        attack: 'A socket from another origin, without a ticket, with a used one or another site’s',
        expected: 'closed',
      },
      {
        number: 34,
        attack: '100 sign-ins at once, to keep every core busy with hashes',
        expected: 'others are answered; who finds the queue full is told to wait',
        lacks: 'whole requests of others are not timed: turns and work of threads are',
      },
    ],
  },
  {
    title: 'C. Accounts and authorisation',
    cases: [
      {
        number: 35,
        attack: 'Every endpoint with ids of another account',
        expected: 'the answer for an id that does not exist',
      },
      {
        number: 36,
        attack: 'A query without an account, or a connection that still has the one before',
        expected: 'no rows, an error on writing, and never another account',
      },
      {
        number: 37,
        attack: 'Making what exists in another account, to learn that it does',
        expected: 'it succeeds as if it did not',
      },
      {
        number: 38,
        attack: 'A ciphertext moved to another account, conversation or field',
        expected: 'it does not open',
      },
      {
        number: 39,
        attack: 'Search, counts, exports and streams asked for what belongs to another account',
        expected: 'nothing',
      },
      {
        number: 40,
        attack: 'Fields that nobody asked for in a body, `__proto__` and `constructor` among them',
        expected: 'refused; no object is changed by it',
      },
      {
        number: 41,
        attack: 'Roles or regions in a circle, very deep, or wider than who gives them',
        expected: 'refused',
      },
      {
        number: 42,
        attack: 'An agent of one region opens, lists or exports a case of another one',
        expected: 'not found, not listed, not counted',
      },
      {
        number: 43,
        attack: 'Using what one was allowed until a moment ago',
        expected: 'the next request is refused',
        lacks: 'a withdrawal between two statements of one request',
      },
      {
        number: 44,
        attack:
          'An operator reads what people wrote without leave, or with one that ran out or was given by oneself',
        expected: 'refused; with leave, on the account’s audit trail',
      },
      {
        number: 45,
        attack:
          'An API key that has expired, belongs elsewhere, comes from elsewhere, or whose owner has left',
        expected: 'refused',
        lacks: 'requests signed one by one, which there are none of',
      },
      {
        number: 46,
        attack: 'Forged or malformed headers that say where a request comes from',
        expected: 'the connection decides; what is no address gets nowhere',
      },
      {
        number: 47,
        attack: 'A forged host in the request that makes a link',
        expected: 'links show the configured address',
      },
    ],
  },
  {
    title: 'D. Injection, rendering, embedding',
    cases: [
      {
        number: 48,
        attack: 'Scripts, handlers, drawings, links and bidirectional marks in texts, names and subjects',
        expected: 'shown as text everywhere; no policy is violated',
        lacks:
          'answers of an AI, which there are none of; in a browser, names of people and bidirectional marks in messages',
      },
      {
        number: 49,
        attack: 'A forged recording of a page with scripts and loads in it',
        expected: 'no script, no request',
        notYet: 'there is no co-browsing',
      },
      {
        number: 50,
        attack: 'The console in a frame of another page',
        expected: 'the browser refuses to show it',
      },
      {
        number: 51,
        attack: 'Messages from a foreign window',
        expected: 'ignored',
        notYet: 'neither widget nor console listens to messages from windows',
      },
      {
        number: 52,
        attack: 'SQL in every field, orders and paths into JSON included',
        expected: 'refused, or taken as text',
        lacks: 'it is written into searches, queries and definitions, and not into every field of a body',
      },
      {
        number: 53,
        attack: 'Formulas in exported cells',
        expected: 'no cell begins as one',
      },
      {
        number: 54,
        attack: 'Line breaks and terminal codes in what is logged',
        expected: 'one line, escaped',
      },
      {
        number: 55,
        attack: 'Line breaks, groups, long lists and foreign letters in recipients and headers of mail',
        expected: 'refused at once',
      },
      {
        number: 56,
        attack: 'HTTP that is ambiguous, too large, too deep, or of another type',
        expected: 'refused before a handler runs',
      },
      {
        number: 57,
        attack: 'Addresses inside in whatever form, names that lead inside, redirects there',
        expected: 'no packet goes there',
      },
      {
        number: 58,
        attack: 'Words that make a bot hand out what belongs to others',
        expected: 'a bot may what its customer may',
        notYet: noAi,
      },
    ],
  },
  {
    title: 'E. Files, SFTP, exports',
    cases: [
      {
        number: 59,
        attack: 'Archives that unpack to far more, or to paths outside',
        expected: 'refused before anything is unpacked',
        lacks: 'time and memory are not measured; no spreadsheet is read, only kept',
      },
      {
        number: 60,
        attack:
          'Files that are two things, or other than their name says; very large pictures; places in pictures',
        expected: 'refused, never shown in place, and freed of what they tell',
      },
      {
        number: 61,
        attack: 'The address of a file used by another account, by nobody, or too late',
        expected: 'not found',
      },
      {
        number: 62,
        attack: 'Paths that lead out of one’s directory by SFTP',
        expected: 'no such file',
      },
      {
        number: 63,
        attack: 'Signing in by SFTP with a password, a foreign key or an old signature',
        expected: 'refused, alike',
      },
      {
        number: 64,
        attack: 'Broken packets, idle sockets, endless connections, channels and requests by SFTP',
        expected: 'the process lives, others are served',
      },
      {
        number: 65,
        attack: 'A hostile server that exports are sent to by SFTP',
        expected: 'the job fails, and nothing else',
        notYet: noFetching,
      },
      {
        number: 66,
        attack: 'An upload cut off, or a connection killed in it',
        expected: 'nothing of it is to be seen',
      },
    ],
  },
  {
    title: 'F. Masking, encryption, erasure, audit, backup',
    cases: [
      {
        number: 67,
        attack: 'Rules of masking that take for ever',
        expected: 'refused, or stopped with every digit masked; others are not kept waiting',
      },
      {
        number: 68,
        attack: 'Card numbers with separators, in other digits, invisible letters, or over several messages',
        expected: 'masked but for the last four digits',
      },
      {
        number: 69,
        attack: 'Numbers that only look like cards',
        expected: 'left alone',
      },
      {
        number: 70,
        attack: 'Ways around masking: notes, names of files, transfers, mail, search, the log',
        expected: 'masked there too',
      },
      {
        number: 71,
        attack: 'A number still readable after its time because a job stood still',
        expected: 'told of, and gone once it runs',
      },
      {
        number: 72,
        attack: 'Personal data in requests to an AI provider',
        expected: 'none',
        notYet: noAi,
      },
      {
        number: 73,
        attack: 'A ciphertext changed, cut, swapped, under another version or another key',
        expected: 'it does not open, and nothing of it is given out',
      },
      {
        number: 74,
        attack: 'What was erased, looked for in an old copy of the database beside today’s keys',
        expected: 'unreadable; its neighbours are readable',
      },
      {
        number: 75,
        attack: 'An erasure that meets writing, export, retention or a hold at the same moment',
        expected: 'the hold wins; nothing is left behind',
      },
      {
        number: 76,
        attack: 'The audit trail changed, cut, reordered or written anew by the database’s administrator',
        expected: 'the verifier names the first entry',
      },
      {
        number: 77,
        attack: 'Doing something that leaves no trace on the audit trail',
        expected: 'every action is recorded, without what people wrote',
      },
      {
        number: 78,
        attack: 'A backup changed, cut, swapped, of another installation or for somebody else',
        expected: 'refused, and nothing is overwritten',
      },
      {
        number: 79,
        attack: 'A customer’s ticket that is expired, used, foreign, or signed in another way than agreed',
        expected: 'refused',
      },
      {
        number: 80,
        attack: 'Learning a secret from how long its comparison takes',
        expected: 'secrets are compared in constant time, or found by their hash',
        lacks: 'times are not measured',
      },
      {
        number: 81,
        attack: 'The keys, the database, the scanner or a worker are gone',
        expected: 'refused with a clear word; nothing is kept in the clear',
        lacks: 'a clock that is an hour wrong',
      },
      {
        number: 82,
        attack: 'Secrets in the repository, packages with known faults',
        expected: 'the checks find them',
        lacks: 'a list of parts per release, images, files that a process leaves when it dies',
      },
    ],
  },
];
