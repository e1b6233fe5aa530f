import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readView, without, type View } from './view.ts';

const queue = '0190e6c0-0000-7000-8000-000000000001';

test('an address says the whole view', () => {
  const view: View = {
    period: '2026-11-01..2026-11-07',
    grain: 'hour',
    queue,
    metric: 'waiting_time_mean_s',
    compare: false,
    table: true,
    all: true,
  };
  assert.deepEqual(readView({ ...view }), view);
});

test('what an address says that nobody understands counts for nothing', () => {
  assert.deepEqual(
    readView({
      period: 'ever',
      grain: 'week',
      queue: 'x',
      agent: 7,
      metric: '<b>',
      compare: 'no',
      table: 1,
      other: true,
    }),
    {},
  );
});

test('a view without some of it is the rest', () => {
  assert.deepEqual(without({ period: 'today', queue, metric: 'offered' }, 'metric', 'agent'), {
    period: 'today',
    queue,
  });
});
