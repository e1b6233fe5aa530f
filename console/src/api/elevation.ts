/** Asks the person to show that it is them. Resolves with whether they did. */
export type AskForElevation = () => Promise<boolean>;

let ask: AskForElevation | null = null;
let asking: Promise<boolean> | null = null;

/** Says who asks, while somebody is signed in; null when nobody can. */
export function askForElevationBy(asker: AskForElevation | null): void {
  ask = asker;
}

/** The session becomes elevated (C3), if its person wants that. Several requests at once are one question. */
export async function becomeElevated(): Promise<boolean> {
  if (ask === null) return false;
  asking ??= ask().finally(() => {
    asking = null;
  });
  return await asking;
}
