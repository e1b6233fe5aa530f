/** Where in the tree a path leads, by its form alone: whether anything is there is for the database to say. */
export type Place =
  | { readonly kind: 'folder'; readonly folder: string }
  /** The file of this name in this folder, or the folder that both make. */
  | { readonly kind: 'either'; readonly folder: string; readonly name: string };

/** What the tree begins with. */
export const root = 'Metrics';
export const longestPath = 1_024;
/** One step on the way, or a file: nothing that begins with a dot, and nothing that any system reads as more than a name. */
const step = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/**
 * The path as it is shown, or null for what no path here looks like. There is no way back up: a path with `..` is none. Nothing is
 * decoded, folded or normalised but empty steps and `.`, so that a name is what the client wrote, or nothing.
 */
export function readPath(path: string): string[] | null {
  if (path.length > longestPath) return null;
  const steps = path.split('/').filter((each) => each !== '' && each !== '.');
  return steps.every((each) => step.test(each)) ? steps : null;
}

export function writePath(steps: readonly string[]): string {
  return `/${steps.join('/')}`;
}

export function placeOf(steps: readonly string[]): Place {
  const name = steps.at(-1);
  if (name === undefined || steps.length === 1) return { kind: 'folder', folder: steps.join('/') };
  return { kind: 'either', folder: steps.slice(0, -1).join('/'), name };
}
