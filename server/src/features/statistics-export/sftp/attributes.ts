import type { Attributes, FileEntry } from 'ssh2';
import type { PublishedFile } from './files.ts';

export const noAttributes: Attributes = { mode: 0, uid: 0, gid: 0, size: 0, atime: 0, mtime: 0 };

/*
 * What modes say of the owner is not what he may do here, which is reading, but what clients make their copies with: a folder that its
 * owner could not write to would take no further file when it is fetched again.
 */

export function attributesOfFolder(modifiedAt: Date): Attributes {
  return { ...noAttributes, mode: 0o040_755, ...times(modifiedAt) };
}

export function attributesOfFile({ sizeBytes, publishedAt }: PublishedFile): Attributes {
  return { ...noAttributes, mode: 0o100_644, size: sizeBytes, ...times(publishedAt) };
}

function times(at: Date) {
  const seconds = Math.floor(at.getTime() / 1_000);
  return { atime: seconds, mtime: seconds };
}

/** As `ls -l` writes it, which some clients show as it is. */
export function entry(filename: string, attrs: Attributes): FileEntry {
  const isFolder = (attrs.mode & 0o040_000) !== 0;
  const size = String(attrs.size).padStart(12);
  const day = new Date(attrs.mtime * 1_000).toISOString().slice(0, 16).replace('T', ' ');
  return {
    filename,
    longname: `${isFolder ? 'drwxr-xr-x' : '-rw-r--r--'} 1 samtal samtal ${size} ${day} ${filename}`,
    attrs,
  };
}
