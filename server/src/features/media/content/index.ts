import { mediaTypes, type MediaType } from '@samtal/contract/media';
import { ByteSource } from './byte-source.ts';
import { gifContent } from './gif.ts';
import { jpegContent } from './jpeg.ts';
import { pdfContent } from './pdf.ts';
import { pngContent } from './png.ts';
import { textContent } from './text.ts';
import { webpContent } from './webp.ts';
import { officePart, openDocument, zipContent } from './zip.ts';

type Reader = (source: ByteSource) => AsyncIterable<Buffer>;

const readers: Record<MediaType, Reader> = {
  jpeg: jpegContent,
  png: pngContent,
  webp: webpContent,
  gif: gifContent,
  pdf: pdfContent,
  text: textContent,
  docx: (source) => zipContent(source, officePart('word/document.xml')),
  xlsx: (source) => zipContent(source, officePart('xl/workbook.xml')),
  odt: (source) => zipContent(source, openDocument(mediaTypes.odt.mime)),
  ods: (source) => zipContent(source, openDocument(mediaTypes.ods.mime)),
};

/**
 * The content as it may be kept, while it arrives: of the type that its name says, without what a picture tells beside
 * what it shows, and without what stands behind its end. Refuses with media.content-mismatch, media.content-unsafe or
 * media.image-too-large, at the latest after the last piece.
 */
export function judgedContent(type: MediaType, content: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  return readers[type](new ByteSource(content));
}
