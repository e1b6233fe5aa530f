/**
 * The types of files that can be sent (E12). The list is closed: each type is one whose content the server can judge,
 * and none runs anything in a browser, so HTML and SVG are not among them. The first extension is the one that a
 * file gets.
 *
 * This file has no schemas, because the visitor’s browser loads it; the endpoints are in `index.ts`.
 */
export const mediaTypes = {
  jpeg: { mime: 'image/jpeg', extensions: ['jpg', 'jpeg'] },
  png: { mime: 'image/png', extensions: ['png'] },
  webp: { mime: 'image/webp', extensions: ['webp'] },
  gif: { mime: 'image/gif', extensions: ['gif'] },
  pdf: { mime: 'application/pdf', extensions: ['pdf'] },
  text: { mime: 'text/plain', extensions: ['txt'] },
  docx: {
    mime: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    extensions: ['docx'],
  },
  xlsx: { mime: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', extensions: ['xlsx'] },
  odt: { mime: 'application/vnd.oasis.opendocument.text', extensions: ['odt'] },
  ods: { mime: 'application/vnd.oasis.opendocument.spreadsheet', extensions: ['ods'] },
} as const;

export type MediaType = keyof typeof mediaTypes;

/** Those that a browser shows as a picture. */
export const imageTypes: ReadonlySet<MediaType> = new Set(['jpeg', 'png', 'webp', 'gif']);

export const bytesPerMegabyte = 1024 * 1024;

/** The header that carries a file’s name, as UTF-8 in percent-encoding: names are personal, and URLs are logged. */
export const fileNameHeader = 'x-file-name';

/** The type that a file’s name claims, or null when it is none of ours. */
export function typeOfName(name: string): MediaType | null {
  const extension = /\.([a-z0-9]{1,5})$/i.exec(name.trim())?.[1]?.toLowerCase() ?? '';
  const known = Object.entries(mediaTypes) as [MediaType, { extensions: readonly string[] }][];
  return known.find(([, { extensions }]) => extensions.includes(extension))?.[0] ?? null;
}

/** What a file input offers to choose from: `.jpg,.jpeg,.png`. */
export function acceptOf(types: readonly MediaType[]): string {
  return types.flatMap((type) => mediaTypes[type].extensions.map((extension) => `.${extension}`)).join(',');
}

/**
 * Why a file would be refused, as far as it can be told without reading it; null when it may be tried. The codes are
 * those of the server.
 */
export function problemOfFile(
  file: { readonly name: string; readonly size: number },
  rules: { readonly types: readonly MediaType[]; readonly maxSizeBytes: number },
): 'media.type-not-allowed' | 'media.too-large' | 'media.empty' | null {
  const type = typeOfName(file.name);
  if (type === null || !rules.types.includes(type)) return 'media.type-not-allowed';
  if (file.size > rules.maxSizeBytes) return 'media.too-large';
  return file.size === 0 ? 'media.empty' : null;
}
