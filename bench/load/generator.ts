import { setTimeout as sleep } from 'node:timers/promises';
import { percentile } from '../findings.ts';
import { ownUsage } from '../usage.ts';
import { answer } from '../worker.ts';
import { PlatformSeat, takeSeat, type Seat, type SeatPlan } from './seats.ts';

// The load, in a process of its own: both ends of every conversation. Seats 2n and 2n+1 talk with each other.

const atOnce = 50;
/** Each seat says once a second what it has seen, but not all of them in the same moment. */
const seenTurns = 20;
let seats: Seat[] = [];

export interface Throughput {
  readonly perSecond: number;
  readonly acknowledged: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Posts that the server held back for coming too fast; each was sent again. */
  readonly heldBack: number;
}

export interface Delivery {
  readonly delivered: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly mostMs: number;
}

const asks = {
  connect: async ({ plans }: { plans: readonly SeatPlan[] }) => {
    for (let from = 0; from < plans.length; from += atOnce) {
      const taken = plans.slice(from, from + atOnce).map(takeSeat);
      await Promise.all(taken.map(async (seat) => await seat.ready()));
      seats.push(...taken);
    }
  },
  /** Every seat posts its next message as soon as the last one is acknowledged. */
  throughput: async ({ warmMs, ms }: { warmMs: number; ms: number }): Promise<Throughput> =>
    await talking(async () => await throughput(warmMs, ms)),
  /** Posts at a steady rate, whatever comes back; the time until the other side has it counts from when it was due. */
  steady: async ({
    perSecond,
    warmMs,
    ms,
  }: {
    perSecond: number;
    warmMs: number;
    ms: number;
  }): Promise<Delivery> => await talking(async () => await steady(perSecond, warmMs, ms)),
  leave: async () => {
    for (const seat of seats) seat.leave();
    seats = [];
  },
  usage: async () => ownUsage(),
};

export type LoadGenerator = typeof asks;

answer(asks, async () => {});

/** Meanwhile each seat says what it has seen. */
async function talking<Result>(measure: () => Promise<Result>): Promise<Result> {
  let turn = 0;
  const seen = setInterval(() => {
    turn = (turn + 1) % seenTurns;
    for (const [index, seat] of seats.entries()) {
      if (index % seenTurns === turn && seat instanceof PlatformSeat) seat.tellSeen();
    }
  }, 1_000 / seenTurns);
  try {
    return await measure();
  } finally {
    clearInterval(seen);
  }
}

async function throughput(warmMs: number, ms: number): Promise<Throughput> {
  const sentAt = new Map<string, number>();
  let took: number[] = [];
  let heldBack = 0;
  let going = true;
  const post = (seat: Seat) => {
    if (going) sentAt.set(seat.post(), performance.now());
  };
  for (const seat of seats) {
    seat.listen({
      acknowledged: (cid) => {
        took.push(performance.now() - (sentAt.get(cid) ?? Number.NaN));
        sentAt.delete(cid);
        post(seat);
      },
      arrived: () => {},
      refused: (cid, retryAfterMs) => {
        if (retryAfterMs === null) throw new Error('A post was refused');
        heldBack += 1;
        sentAt.delete(cid);
        setTimeout(() => post(seat), retryAfterMs);
      },
    });
    post(seat);
  }
  await sleep(warmMs);
  took = [];
  heldBack = 0;
  const began = performance.now();
  await sleep(ms);
  const measured = took;
  const perSecond = measured.length / ((performance.now() - began) / 1000);
  going = false;
  await settled(() => sentAt.size === 0);
  return {
    perSecond,
    acknowledged: measured.length,
    p50Ms: percentile(measured, 0.5),
    p99Ms: percentile(measured, 0.99),
    heldBack,
  };
}

async function steady(perSecond: number, warmMs: number, ms: number): Promise<Delivery> {
  const dueAt = new Map<string, number>();
  const took: number[] = [];
  let measuring = false;
  for (const seat of seats) {
    seat.listen({
      acknowledged: () => {},
      arrived: (cid) => {
        const due = dueAt.get(cid);
        dueAt.delete(cid);
        if (measuring && due !== undefined) took.push(performance.now() - due);
      },
      refused: (_cid, retryAfterMs) => {
        throw new Error(`A post was refused${retryAfterMs === null ? '' : ' for coming too fast'}`);
      },
    });
  }
  const began = performance.now();
  let posted = 0;
  for (let now = 0; now < warmMs + ms; now = performance.now() - began) {
    measuring ||= now >= warmMs;
    for (; posted < (now / 1000) * perSecond; posted += 1) {
      // Both sides of all conversations in turn: first every visitor, then every agent.
      const turn = posted % seats.length;
      const half = seats.length / 2;
      const seat = seats[turn < half ? turn * 2 : (turn - half) * 2 + 1];
      if (seat !== undefined) dueAt.set(seat.post(), began + (posted / perSecond) * 1000);
    }
    await sleep(1);
  }
  await settled(() => dueAt.size === 0);
  return {
    delivered: took.length,
    p50Ms: percentile(took, 0.5),
    p99Ms: percentile(took, 0.99),
    mostMs: percentile(took, 1),
  };
}

async function settled(done: () => boolean): Promise<void> {
  const until = performance.now() + 10_000;
  while (!done()) {
    if (performance.now() > until) throw new Error('Not everything that was sent was answered within 10 s');
    await sleep(10);
  }
}
