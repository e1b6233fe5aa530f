import type { SentFile } from '@samtal/contract/media';
import { imageTypes } from '@samtal/contract/media/types';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from './icons.tsx';
import type { Deeds } from './shown.ts';
import type { Say } from './text.ts';

interface FileProps {
  readonly file: SentFile;
  readonly say: Say;
  readonly locale: string;
  readonly deeds: Deeds;
}

/** A file that was sent: a picture as such, and a button that saves it. */
export function FileBubble({ file, say, locale, deeds }: FileProps) {
  const [state, setState] = useState<'ready' | 'busy' | 'failed'>('ready');
  const save = async (): Promise<void> => {
    setState('busy');
    try {
      saveAs(await deeds.openFile(file.mediaId), file.name);
      setState('ready');
    } catch {
      setState('failed');
    }
  };
  return (
    <div class="file">
      {imageTypes.has(file.type) && <Picture file={file} say={say} deeds={deeds} />}
      <button
        type="button"
        class="save"
        aria-label={say('file.save', { name: file.name })}
        aria-busy={state === 'busy'}
        onClick={() => void save()}
      >
        <Icon name="file" />
        <span>
          <span class="name" dir="auto">
            {file.name}
          </span>
          <small>{sizeIn(file.sizeBytes, locale)}</small>
        </span>
        <Icon name="save" />
      </button>
      {state === 'failed' && (
        <small class="why" role="alert">
          {say('file.notOpened')}
        </small>
      )}
    </div>
  );
}

/**
 * Drawn rather than loaded: a page whose policy lets no image from elsewhere in has nothing against what is drawn, and no
 * address ever leads to it.
 */
function Picture({ file, say, deeds }: Omit<FileProps, 'locale'>) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [known, setKnown] = useState(true);
  useEffect(() => {
    let gone = false;
    const draw = async (): Promise<void> => {
      const bitmap = await createImageBitmap(await deeds.openFile(file.mediaId));
      const target = canvas.current;
      if (gone || target === null) return bitmap.close();
      const scale = Math.min(1, 480 / bitmap.width, 640 / bitmap.height);
      target.width = Math.max(1, Math.round(bitmap.width * scale));
      target.height = Math.max(1, Math.round(bitmap.height * scale));
      target.getContext('2d')?.drawImage(bitmap, 0, 0, target.width, target.height);
      bitmap.close();
    };
    draw().catch(() => setKnown(false));
    return () => {
      gone = true;
    };
  }, [file.mediaId, deeds]);
  return known ? (
    <canvas ref={canvas} role="img" aria-label={say('file.picture', { name: file.name })} />
  ) : null;
}

function saveAs(content: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function sizeIn(sizeBytes: number, locale: string): string {
  const [unit, value] =
    sizeBytes < 1_000_000
      ? (['kilobyte', sizeBytes / 1000] as const)
      : (['megabyte', sizeBytes / 1_000_000] as const);
  const shown = Math.max(value, 0.1);
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit,
    maximumFractionDigits: shown < 10 ? 1 : 0,
  }).format(shown);
}
