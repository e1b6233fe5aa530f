import { root } from './paths.ts';

/** A folder that some published file lies in or below. */
export interface Folder {
  /** Names of folders in it, in order. */
  readonly folders: readonly string[];
  /** When the newest file in or below it was published. */
  readonly modifiedAt: Date;
}

/** All folders there are, by their path without a slash before it: those of the files, and what leads to them. */
export class Folders {
  readonly #byPath: ReadonlyMap<string, Folder>;

  constructor(ofFiles: readonly { readonly folder: string; readonly modifiedAt: Date }[]) {
    const building = new Map<string, { folders: Set<string>; modifiedAt: Date }>();
    const open = (path: string, modifiedAt: Date) => {
      const known = building.get(path);
      if (known === undefined) building.set(path, { folders: new Set(), modifiedAt });
      else if (known.modifiedAt < modifiedAt) known.modifiedAt = modifiedAt;
      return building.get(path)?.folders;
    };
    // The first folder is there before any file is, so that somebody who tries the connection finds it.
    const all = ofFiles.length === 0 ? [{ folder: root, modifiedAt: new Date(0) }] : ofFiles;
    for (const { folder, modifiedAt } of all) {
      const steps = folder.split('/');
      for (const [depth, name] of steps.entries())
        open(steps.slice(0, depth).join('/'), modifiedAt)?.add(name);
      open(folder, modifiedAt);
    }
    this.#byPath = new Map(
      [...building].map(([path, { folders, modifiedAt }]) => [
        path,
        { folders: [...folders].toSorted(), modifiedAt },
      ]),
    );
  }

  get(path: string): Folder | null {
    return this.#byPath.get(path) ?? null;
  }
}
