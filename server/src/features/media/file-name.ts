import { mediaTypes, typeOfName, type MediaType } from '@samtal/contract/media';

const mostLetters = 120;
/** Names that Windows keeps for devices, whatever follows them. */
const devices = /^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i;

/**
 * A file's name as it is kept: no path, nothing invisible or that turns the direction of writing, nothing that a file
 * system minds, of at most 120 letters, with the extension of its type. `mask` takes out what no text may hold (G1).
 */
export async function cleanFileName(
  given: string,
  type: MediaType,
  mask: (text: string) => Promise<string>,
): Promise<string> {
  const base = given.normalize('NFC').split(/[/\\]/).at(-1) ?? '';
  const visible = base.replaceAll(/\s+/g, ' ').replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu, '');
  const own = typeOfName(visible) === null ? visible : visible.slice(0, visible.lastIndexOf('.'));
  const masked = own.trim() === '' ? '' : await mask(own);
  const stem = masked
    .replaceAll(/[/\\<>:"|?*]/g, '_')
    .replaceAll(/^[\s.]+|[\s.]+$/g, '')
    .replace(devices, '_$&');
  const short = shortened(stem);
  return `${short === '' ? 'file' : short}.${mediaTypes[type].extensions[0]}`;
}

/** At most 120 letters as people see them, and none of them cut in two. */
function shortened(stem: string): string {
  const letters = [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(stem)];
  const first = letters.slice(0, mostLetters).map(({ segment }) => segment);
  return first.join('').slice(0, 180).toWellFormed().trim();
}
