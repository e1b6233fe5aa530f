import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { createLog, OperationalError, type Log, type LogFields } from './index.ts';
import { readableLine } from './readable-line.ts';

const marker = 'Anna-Svensson-191212121212';
const requestId = '0192f0c4-7f0e-7c00-8000-0123456789ab';

function logged(
  write: (log: Log) => void,
  readable = false,
): { text: string; lines: Record<string, unknown>[] } {
  const written: string[] = [];
  write(createLog({ destination: { write: (line) => void written.push(line) }, readable, level: 'debug' }));
  const text = written.join('');
  const lines = readable
    ? []
    : text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { text, lines };
}

/** What a careless or hostile caller passes, past the type. */
function smuggled(fields: Record<string, unknown>): LogFields {
  return fields;
}

test('a line has the time, the level, the event and the allowed fields', () => {
  const { lines } = logged((log) =>
    log.info('request', { requestId, route: '/sites/:siteKey/*', status: 204, durationMs: 1.5 }),
  );
  const [{ time, ...rest } = {}] = lines;
  assert.match(String(time), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  assert.deepEqual(rest, {
    level: 'info',
    event: 'request',
    requestId,
    route: '/sites/:siteKey/*',
    status: 204,
    durationMs: 1.5,
  });
});

test('refuses an unknown field, at compile time and at run time', () => {
  const { text, lines } = logged((log) => {
    // @ts-expect-error There is no field for a person's name.
    log.info('visitor-joined', { visitorName: marker });
    log.info(
      'visitor-joined',
      smuggled({ userAgent: marker, message: marker, email: marker, ip: '192.0.2.1' }),
    );
  });
  assert.ok(!text.includes(marker) && !text.includes('192.0.2.1'));
  assert.deepEqual(
    lines.map((line) => line['droppedFields']),
    [1, 4],
  );
});

test('refuses a value that does not have the shape of its field', () => {
  const wrong: Record<string, unknown>[] = [
    { requestId: marker },
    { accountId: 'anna@example.org' },
    { route: `/customers?name=${marker}` },
    { url: `https://${marker}@host/x` },
    { status: marker },
    { durationMs: Number.NaN },
    { code: 'not a code' },
    { reason: 'Anna said so' },
    { pid: { toString: () => marker } },
    { job: 'x'.repeat(300) },
    { ['__proto__']: marker },
    { toString: marker },
    { method: 'get' },
    { level: marker },
    { event: marker },
    { err: marker },
  ];
  const { text, lines } = logged((log) => wrong.forEach((fields) => log.info('tried', smuggled(fields))));
  assert.ok(!text.includes(marker) && !text.includes('Anna') && !text.includes('anna'));
  assert.equal(lines.length, wrong.length);
  for (const line of lines)
    assert.deepEqual(
      Object.keys(line).filter((name) => !['level', 'time', 'event', 'droppedFields'].includes(name)),
      [],
    );
});

test('an event is a literal name, so that no value becomes part of it', () => {
  const { text } = logged((log) => {
    const made: string = `joined-${marker}`;
    // @ts-expect-error A name that is put together at run time is refused.
    log.info(made);
  });
  assert.ok(!text.includes(marker));
  assert.match(text, /"event":"event-misnamed"/);
});

test('the message of an error stays out; its name, code and frames come in', () => {
  const error = Object.assign(new TypeError(`invalid input "${marker}"`), {
    code: '23505',
    constraint: 'entry_client_id_key',
    table: 'entry',
    detail: `Key (email)=(${marker})`,
    where: marker,
  });
  const { text, lines } = logged((log) => log.error('request-failed', { requestId }, error));
  assert.ok(!text.includes(marker));
  const err = lines[0]?.['err'] as { name: string; code: string; constraint: string; stack: string[] };
  assert.deepEqual([err.name, err.code, err.constraint], ['TypeError', '23505', 'entry_client_id_key']);
  assert.match(err.stack[0] ?? '', /\(server\/src\/platform\/log\/log\.test\.ts:\d+:\d+\)$/);
});

test('the message of an operational error comes in, and so does that of its cause only if it is one too', () => {
  const cause = new Error(marker);
  const { text, lines } = logged((log) =>
    log.error('start-failed', {}, new OperationalError('no-disk', 'The disk is full.', { cause })),
  );
  assert.ok(!text.includes(marker));
  const err = lines[0]?.['err'] as {
    message: string;
    code: string;
    cause: { name: string; message?: string };
  };
  assert.deepEqual(
    [err.message, err.code, err.cause.name, err.cause.message],
    ['The disk is full.', 'no-disk', 'Error', undefined],
  );
});

test('where several things failed, each of the first five is told, without their messages', () => {
  const failed = Array.from({ length: 7 }, () => new TypeError(marker));
  const several = new AggregateError(failed, marker);
  const { text, lines } = logged((log) => log.error('failed', {}, several));
  assert.ok(!text.includes(marker));
  const err = lines[0]?.['err'] as { errors: { name: string; stack: string[] }[] } | undefined;
  const errors = err?.errors ?? [];
  assert.deepEqual(
    errors.map(({ name }) => name),
    Array.from({ length: 5 }, () => 'TypeError'),
  );
  assert.match(errors[0]?.stack[0] ?? '', /log\.test\.ts/);
  assert.equal(readableLine(JSON.stringify(lines[0])).split('TypeError').length - 1, 5);
});

test('a message that imitates stack frames stays out, even when it was changed after it was thrown', () => {
  const imitation = new Error(`x\n    at ${marker} (node:fs:1:1)\n    at f (/home/${marker}/a.js:1:1)`);
  const changed = new Error(`y\n    at f (/home/${marker}/a.js:1:1)`);
  changed.message = 'innocent';
  const { text } = logged((log) => {
    log.error('failed', {}, imitation);
    log.error('failed', {}, changed);
  });
  assert.ok(!text.includes(marker));
});

test('what is thrown without being an error is described by its type alone', () => {
  const { text, lines } = logged((log) => {
    log.error('failed', {}, marker);
    log.error('failed', {}, { message: marker, stack: marker });
    const named = new Error('x');
    named.name = marker;
    log.error('failed', {}, named);
  });
  assert.ok(!text.includes(marker));
  assert.deepEqual(
    lines.map((line) => (line['err'] as { name: string }).name),
    ['thrown-string', 'thrown-object', 'Error'],
  );
});

test('attack 54: line breaks and terminal codes cannot make a second line or reach a terminal', () => {
  const evil = 'a\r\n{"level":"info","event":"forged"}\u001b[2J\u2028';
  const operational = new OperationalError('odd', evil);
  for (const readable of [false, true]) {
    const { text } = logged((log) => {
      log.info('tried', smuggled({ reason: evil, code: evil, route: evil }));
      log.error('failed', {}, operational);
    }, readable);
    assert.ok(!text.includes('\u001b[2J') && !text.includes('\r') && !text.includes('\u2028'), text);
    assert.ok(!/^\{"level":"info","event":"forged"\}/m.test(text));
    assert.equal(text.match(/forged/g)?.length, 2, 'the message of the error is there, as text');
    if (!readable) assert.equal(text.trimEnd().split('\n').length, 2, 'one line each');
  }
});

test('a log made with fields carries them on every line', () => {
  const { lines } = logged((log) =>
    log
      .with({ feature: 'routing' })
      .with(smuggled({ name: marker }))
      .warn('offer-expired', { count: 2 }),
  );
  assert.deepEqual(
    [lines[0]?.['feature'], lines[0]?.['count'], lines[0]?.['name']],
    ['routing', 2, undefined],
  );
});

test('the readable form is one line for people', () => {
  const { text } = logged(
    (log) => log.info('server-started', { url: 'http://127.0.0.1:8080', durationMs: 900 }),
    true,
  );
  assert.match(
    stripVTControlCharacters(text),
    /^\d\d:\d\d:\d\d info  server-started url=http:\/\/127\.0\.0\.1:8080 durationMs=900\n$/,
  );
});

test('lines below the level are not written', () => {
  const written: string[] = [];
  createLog({ destination: { write: (line) => void written.push(line) }, level: 'warn' }).info('quiet');
  assert.deepEqual(written, []);
});
