import type { Attributes, FileEntry } from 'ssh2';
import type { PublishedFile } from './files.ts';

export const noAttributes: Attributes = { mode: 0, uid: 0, gid: 0, size: 0, atime: 0, mtime: 0 };

export function attributesOfFolder(modifiedAt: Date): Attributes {
  return { ...noAttributes, mode: 0o040_555, ...times(modifiedAt) };
}

export function attributesOfFile({ sizeBytes, publishedAt }: PublishedFile): Attributes {
  return { ...noAttributes, mode: 0o100_444, size: sizeBytes, ...times(publishedAt) };
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
    longname: `${isFolder ? 'dr-xr-xr-x' : '-r--r--r--'} 1 samtal samtal ${size} ${day} ${filename}`,
    attrs,
  };
}
