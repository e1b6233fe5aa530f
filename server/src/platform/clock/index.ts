/** The time, where a test must be able to say what it is. Instants that several nodes compare come from the database. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };
