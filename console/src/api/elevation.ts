/**
 * Asks the person to show that it is them, for something sensitive or for their own signing in. Resolves with whether they
 * did.
 */
export type AskForElevation = (ownSignIn: boolean) => Promise<boolean>;

let ask: AskForElevation | null = null;
let asking: Promise<boolean> | null = null;

/** Says who asks, while somebody is signed in; null when nobody can. */
export function askForElevationBy(asker: AskForElevation | null): void {
  ask = asker;
}

/** The session becomes elevated (C3), if its person wants that. Several requests at once are one question. */
export async function becomeElevated(ownSignIn: boolean): Promise<boolean> {
  if (ask === null) return false;
  asking ??= ask(ownSignIn).finally(() => {
    asking = null;
  });
  return await asking;
}
