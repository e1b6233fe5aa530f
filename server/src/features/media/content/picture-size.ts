import { Refusal } from '../../../platform/http/index.ts';
import { mismatch } from './byte-source.ts';

const mostPixelsASide = 20_000;
/** What a browser needs to show that many is 400 MB. */
const mostPixels = 100_000_000;

/** Refuses pictures that would take up a reader's memory, by what their header says. */
export function checkPictureSize(width: number, height: number): void {
  if (width < 1 || height < 1) throw mismatch();
  if (width > mostPixelsASide || height > mostPixelsASide || width * height > mostPixels)
    throw new Refusal('media.image-too-large');
}
