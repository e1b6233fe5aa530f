/**
 * For how long somebody waits at this moment who had waited so long when the answer came: both by the clock of this machine, whatever
 * the server’s says. Null stays null: nobody waits.
 */
export function waitedSeconds(
  longestWaitSeconds: number | null,
  { answeredAt, now }: { answeredAt: number; now: number },
): number | null {
  if (longestWaitSeconds === null) return null;
  return longestWaitSeconds + Math.max(0, Math.floor((now - answeredAt) / 1000));
}
