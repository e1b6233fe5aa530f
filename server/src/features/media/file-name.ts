import { mediaTypes, typeOfName, type MediaType } from '@samtal/contract/media';

const mostLetters = 120;
/** Names that Windows keeps for devices, whatever follows them. */
const devices = /^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i;

/**
 * A file's name as it is kept: no path, nothing invisible or that turns the direction of writing, nothing that a file
 * system minds, of at most 120 letters, with the extension of its type.
 */
export function cleanFileName(given: string, type: MediaType): string {
  const base = given.normalize('NFC').split(/[/\\]/).at(-1) ?? '';
  const visible = base
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu, '')
    .replaceAll(/[<>:"|?*]/g, '_');
  const own = typeOfName(visible) === null ? visible : visible.slice(0, visible.lastIndexOf('.'));
  const stem = own.replaceAll(/^[\s.]+|[\s.]+$/g, '').replace(devices, '_$&');
  const letters = [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(stem)];
  const short = letters
    .slice(0, mostLetters)
    .map(({ segment }) => segment)
    .join('')
    .slice(0, 180)
    .toWellFormed()
    .trim();
  return `${short === '' ? 'file' : short}.${mediaTypes[type].extensions[0]}`;
}
