import { randomBytes, randomInt } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, type ClientConfig } from 'pg';

/** Looks for texts in whatever the platform leaves behind, in every form in which they could lie about. */
export class Search {
  readonly forms: readonly Buffer[];

  constructor(texts: readonly string[]) {
    this.forms = texts.flatMap(formsOf);
  }

  isIn(bytes: Buffer): boolean {
    return this.forms.some((form) => bytes.includes(form));
  }

  isInText(text: string): boolean {
    return this.isIn(Buffer.from(text));
  }

  /** Every row of every table, as text and as the bytes that it holds: the tables with a text in them, and how many rows were read. */
  async rows(connection: ClientConfig): Promise<{ tables: string[]; rowCount: number }> {
    const client = new Client(connection);
    await client.connect();
    try {
      const { rows: tables } = await client.query<{ name: string }>(
        `select format('%I.%I', schemaname, tablename) as name from pg_tables
         where schemaname not in ('pg_catalog', 'information_schema')`,
      );
      const found = new Set<string>();
      let rowCount = 0;
      for (const { name } of tables) {
        const { rows } = await client.query<Record<string, unknown>>(
          `select row::text as whole, row.* from ${name} row`,
        );
        rowCount += rows.length;
        for (const value of rows.flatMap((row) => Object.values(row)))
          if (this.isIn(bytesOf(value))) found.add(name);
      }
      return { tables: [...found], rowCount };
    } finally {
      await client.end();
    }
  }

  /** Every file below a directory, once the database has written what it holds in memory: the files with a text in them. */
  async files(directory: string): Promise<{ files: string[]; sizeBytes: number }> {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    const found: string[] = [];
    let sizeBytes = 0;
    for (const file of entries.filter((entry) => entry.isFile())) {
      const path = join(file.parentPath, file.name);
      const bytes = await readFile(path).catch((error: unknown) => {
        // The database removes files of its own while it runs.
        if (['ENOENT', 'ENXIO'].includes(String((error as NodeJS.ErrnoException).code)))
          return Buffer.alloc(0);
        throw error;
      });
      sizeBytes += bytes.length;
      if (this.isIn(bytes)) found.push(path);
    }
    return { files: found, sizeBytes };
  }
}

/** Makes the database write what it holds in memory to its files. */
export async function checkpoint(connection: ClientConfig): Promise<void> {
  const client = new Client(connection);
  await client.connect();
  try {
    await client.query('checkpoint');
  } finally {
    await client.end();
  }
}

function bytesOf(value: unknown): Buffer {
  if (Buffer.isBuffer(value)) return value;
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value ?? ''));
}

/** Letters of several encodings, base64 at each of its three beginnings, hex. */
function formsOf(text: string): Buffer[] {
  const bytes = Buffer.from(text, 'utf8');
  const base64 = [0, 1, 2].map((skipped) => {
    // Whole groups only: the letters at both ends depend on what stands beside the text.
    const from = bytes.subarray(skipped);
    return from.subarray(0, from.length - (from.length % 3)).toString('base64');
  });
  const letters = [
    ...base64,
    ...base64.map((each) => each.replaceAll('+', '-').replaceAll('/', '_')),
    bytes.toString('hex'),
  ];
  return [
    bytes,
    Buffer.from(text, 'utf16le'),
    Buffer.from(text.normalize('NFD'), 'utf8'),
    Buffer.from(JSON.stringify(text).slice(1, -1).replaceAll('Å', '\\u00c5')),
    Buffer.from(encodeURIComponent(text)),
    ...letters.map((each) => Buffer.from(each)),
    Buffer.from(bytes.toString('hex').toUpperCase()),
  ];
}

/** A number that a Mastercard could have. */
export function cardNumber(): string {
  return withCheckDigit(`5${randomInt(1, 6)}${randomInt(10 ** 12, 10 ** 13)}`);
}

/** A Swedish personal identity number, as people write it. */
export function swedishId(): string {
  const ten = withCheckDigit(
    `${randomInt(50, 99)}0${randomInt(1, 10)}1${randomInt(0, 10)}${randomInt(100, 1_000)}`,
  );
  return `${ten.slice(0, 6)}-${ten.slice(6)}`;
}

/** Letters that appear nowhere by chance. */
export function randomLetters(count: number): string {
  return Array.from(randomBytes(count), (byte) => String.fromCharCode(97 + (byte % 26))).join('');
}

/** The digits with a check digit by Luhn: appended until it fits. */
function withCheckDigit(digits: string): string {
  for (let digit = 0; digit < 10; digit += 1) {
    const sum = Array.from(`${digits}${digit}`)
      .toReversed()
      .map((each, index) =>
        index % 2 === 0 ? Number(each) : ([0, 2, 4, 6, 8, 1, 3, 5, 7, 9][Number(each)] ?? 0),
      )
      .reduce((total, each) => total + each, 0);
    if (sum % 10 === 0) return `${digits}${digit}`;
  }
  throw new Error('One of ten digits fits');
}
