#!/usr/bin/env node
// Verifies an exported audit trail without the installation that wrote it. One file, no dependencies, Node 20 or newer:
//
//   node verify-audit.mjs audit.jsonl checkpoints.json public-key.pem
//
// Ends with 0 when the trail is whole, with 1 when it is not, and with 2 when it cannot be told. What it checks, and the
// formats, are in docs/subsystems/audit.md: enough to write another one.
import { createHash, createPublicKey, verify } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** What was found wrong. `seq` is the first entry that cannot be trusted; null when it is not about one. */
class Fault extends Error {
  constructor(seq, message) {
    super(message);
    this.seq = seq;
  }
}

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
const bytes = (hex) => {
  if (typeof hex !== 'string' || !/^([0-9a-f]{2})*$/.test(hex))
    throw new Fault(null, 'A hash is not in hexadecimal');
  return Buffer.from(hex, 'hex');
};

const integers = (...values) => {
  if (!values.every((value) => Number.isSafeInteger(value) && value >= 0))
    throw new Fault(null, 'A number is not one');
};

/** The parts, each with its length (u32, big endian) before it. */
function framed(...parts) {
  return Buffer.concat(
    parts.flatMap((part) => {
      const content = Buffer.isBuffer(part) ? part : Buffer.from(String(part));
      const length = Buffer.alloc(4);
      length.writeUInt32BE(content.length);
      return [length, content];
    }),
  );
}

/** The root that a leaf at this position of so many has by this path (RFC 9162, 2.1.3); null when there can be no such path. */
function rootOf(leaf, position, leaves, path) {
  if (leaves === 1) return path.length === 0 && position === 0 ? leaf : null;
  const sibling = path.at(-1);
  if (sibling === undefined || position >= leaves) return null;
  let split = 1;
  while (split * 2 < leaves) split *= 2;
  const isLeft = position < split;
  const below = rootOf(
    leaf,
    isLeft ? position : position - split,
    isLeft ? split : leaves - split,
    path.slice(0, -1),
  );
  if (below === null) return null;
  return isLeft ? sha256(Buffer.of(1), below, sibling) : sha256(Buffer.of(1), sibling, below);
}

/** Where checkpoints say that the account's chain ended: hash by seq. */
function readAnchors(file, account, publicKey) {
  if (file.format !== 'samtal-audit-checkpoints/v1')
    throw new Fault(null, 'The checkpoint file has another format');
  if (file.account !== account) throw new Fault(null, 'The checkpoints are another account’s');
  const anchors = new Map();
  const isSigned = (message, signature) => verify(null, message, publicKey, bytes(signature));
  if (file.base !== null) {
    const { seq, hash, at, signature } = file.base;
    integers(seq);
    if (!isSigned(framed('samtal/audit-base/v1', account, seq, bytes(hash), at), signature))
      throw new Fault(seq, 'The signature of the base is wrong');
  }
  for (const { number, at, leaves, root, follows, previous, signature, leaf } of file.checkpoints) {
    integers(number, leaves, follows, leaf.seq, leaf.position);
    const statement = framed(
      'samtal/audit-checkpoint/v1',
      number,
      at,
      leaves,
      bytes(root),
      follows,
      bytes(previous),
    );
    if (!isSigned(statement, signature))
      throw new Fault(null, `The signature of checkpoint ${number} is wrong`);
    const hashed = sha256(Buffer.of(0), framed('samtal/audit-leaf/v1', account, leaf.seq, bytes(leaf.hash)));
    const found = rootOf(hashed, leaf.position, leaves, leaf.path.map(bytes));
    if (found === null || !found.equals(bytes(root)))
      throw new Fault(null, `Checkpoint ${number} does not speak of this chain`);
    anchors.set(leaf.seq, { hash: leaf.hash, number, at });
  }
  return anchors;
}

function checkHeader(header, base, anchors) {
  if (header.format !== 'samtal-audit/v1') throw new Fault(null, 'The trail has another format');
  if (header.filtered)
    throw new Fault(null, 'The trail was exported with a filter, so that links are missing');
  const begin = base ?? { seq: 0, hash: '0'.repeat(64) };
  if (header.after !== begin.seq || header.hash !== begin.hash)
    throw new Fault(begin.seq + 1, 'The trail does not begin where it was begun or pruned');
  const anchor = anchors.get(begin.seq);
  if (anchor !== undefined && anchor.hash !== begin.hash)
    throw new Fault(begin.seq, 'The base is not where a checkpoint says');
}

async function verifyTrail(trailPath, checkpointsPath, keyPath) {
  const publicKey = createPublicKey(readFileSync(keyPath));
  const fingerprint = sha256(publicKey.export({ format: 'der', type: 'spki' })).toString('hex');
  const file = JSON.parse(readFileSync(checkpointsPath, 'utf8'));
  let end = null;
  let account = '';
  let anchors = new Map();
  let entries = 0;
  let trusted = 0;
  for await (const line of createInterface({ input: createReadStream(trailPath), crlfDelay: Infinity })) {
    if (line === '') continue;
    if (end === null) {
      const header = JSON.parse(line);
      account = header.account;
      anchors = readAnchors(file, account, publicKey);
      checkHeader(header, file.base, anchors);
      end = { seq: header.after, hash: header.hash };
      trusted = header.after;
      continue;
    }
    end = checkEntry(line, account, end);
    entries += 1;
    const anchor = anchors.get(end.seq);
    if (anchor !== undefined && anchor.hash !== end.hash)
      throw new Fault(
        trusted + 1,
        `From here on the trail may be another one than checkpoint ${anchor.number} signed`,
      );
    if (anchor !== undefined) trusted = end.seq;
  }
  if (end === null) throw new Fault(null, 'The trail is empty');
  const last = [...anchors].reduce(
    (most, [seq, { number, at }]) => (most?.seq > seq ? most : { seq, number, at }),
    null,
  );
  if (last !== null && last.seq > end.seq)
    throw new Fault(end.seq + 1, `The trail is cut: checkpoint ${last.number} knows entry ${last.seq}`);
  return {
    account,
    entries,
    end: end.seq,
    last,
    checkpoints: anchors.size,
    fingerprint,
    unsigned: end.seq - trusted,
  };
}

function checkEntry(line, account, end) {
  const expected = end.seq + 1;
  let entry;
  try {
    entry = JSON.parse(line);
  } catch {
    throw new Fault(expected, 'The line is not JSON');
  }
  const { seq, at, body, previous, hash } = entry;
  if (seq !== expected) throw new Fault(expected, `Entry ${seq} stands in the place of entry ${expected}`);
  if (previous !== end.hash) throw new Fault(seq, 'The entry does not follow the one before it');
  const found = sha256(framed('samtal/audit/v1', account, seq, at, bytes(previous), body));
  if (found.toString('hex') !== hash) throw new Fault(seq, 'The entry is not as it was written');
  return { seq, hash };
}

const paths = process.argv.slice(2);
if (paths.length !== 3) {
  console.error('Usage: node verify-audit.mjs <audit.jsonl> <checkpoints.json> <public-key.pem>');
  process.exit(2);
}
try {
  const { account, entries, end, last, checkpoints, fingerprint, unsigned } = await verifyTrail(...paths);
  console.log(
    `OK: ${entries} entries of account ${account}, up to entry ${end}, checked against ${checkpoints} checkpoints.`,
  );
  if (last === null)
    console.log(
      'No checkpoint speaks of this trail: whether its end was cut or all of it written anew cannot be told.',
    );
  else
    console.log(
      `The last checkpoint is number ${last.number} of ${last.at}; ${unsigned} entries came after the last signed one.`,
    );
  console.log(`Public key (SHA-256): ${fingerprint}. Compare it with the one that you were given.`);
} catch (error) {
  if (error instanceof Fault) {
    console.error(
      error.seq === null ? `NOT OK: ${error.message}.` : `NOT OK at entry ${error.seq}: ${error.message}.`,
    );
    process.exit(1);
  }
  console.error(`Cannot tell: ${error instanceof Error ? error.message : error}`);
  process.exit(2);
}
