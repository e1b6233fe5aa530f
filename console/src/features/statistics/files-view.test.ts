import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filesFilter, readFilesView } from './files-view.ts';

test('an address says which files are listed', () => {
  const view = readFilesView({ of: 'agents', each: 'hour', on: '2026-11-26' });
  assert.deepEqual(view, { of: 'agents', each: 'hour', on: '2026-11-26' });
  assert.deepEqual(filesFilter(view), {
    subject: 'agents',
    grain: 'hour',
    from: '2026-11-26T00:00:00.000Z',
    to: '2026-11-27T00:00:00.000Z',
  });
});

test('what it says otherwise counts for nothing', () => {
  for (const wrong of [
    { of: 'secrets' },
    { each: 'total' },
    { on: '2026-13-40' },
    { on: 20261126 },
    { on: '2026' },
  ])
    assert.deepEqual(readFilesView(wrong), {});
  assert.deepEqual(filesFilter({}), {});
});
