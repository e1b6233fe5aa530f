import type { Statement, Tx } from '../../platform/database/index.ts';

const take: Statement = {
  name: 'rate-limits-take',
  text: `
    insert into request_quota as q (caller_id, window_at, taken)
    values ($1, date_bin(make_interval(secs => $4), now(), 'epoch'), least($2::int, $3::int))
    on conflict (caller_id) do update set
      taken = case when excluded.window_at > q.window_at then excluded.taken else q.taken + $2::int end,
      window_at = greatest(excluded.window_at, q.window_at)
    where excluded.window_at > q.window_at or q.taken < $3::int
    returning taken,
      extract(epoch from window_at + make_interval(secs => $4) - clock_timestamp())::float8 as "resetS"`,
};

/** What is left of the window when a share was refused, and its row was not written. */
const leftOfWindow: Statement = {
  name: 'rate-limits-left-of-window',
  text: `select extract(epoch from window_at + make_interval(secs => $2) - clock_timestamp())::float8 as "resetS"
    from request_quota where caller_id = $1`,
};

export interface Share {
  /** How many requests of it are the caller’s; 0 when the window is used up. */
  readonly got: number;
  /** How much of the window is taken now, this share with it. */
  readonly taken: number;
  /** Until the window ends. */
  readonly resetS: number;
}

/** Takes a share of the caller’s window, in one statement, so that no two nodes take the same. In the platform’s scope. */
export async function takeShare(
  tx: Tx,
  callerId: string,
  { share, limit, windowS }: { share: number; limit: number; windowS: number },
): Promise<Share> {
  const [row] = await tx.run<{ taken: number; resetS: number }>(take, [callerId, share, limit, windowS]);
  if (row === undefined) {
    const [left] = await tx.run<{ resetS: number }>(leftOfWindow, [callerId, windowS]);
    return { got: 0, taken: limit, resetS: left?.resetS ?? 0 };
  }
  // The last share of a window may be a smaller one.
  const got = Math.max(0, Math.min(share, limit - (row.taken - share)));
  return { got, taken: Math.min(row.taken, limit), resetS: row.resetS };
}
