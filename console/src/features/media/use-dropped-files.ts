import { useEffect, useState, type RefObject } from 'react';

/** Takes files that are dropped onto the section around an element. Answers whether some are being held above it. */
export function useDroppedFiles(
  inside: RefObject<HTMLElement | null>,
  onFiles: ((files: readonly File[]) => void) | null,
): boolean {
  const [above, setAbove] = useState(false);
  useEffect(() => {
    const area = inside.current?.closest<HTMLElement>('section') ?? inside.current;
    if (area === null || onFiles === null) return;
    const until = new AbortController();
    const listen = (type: 'dragover' | 'dragleave' | 'drop', act: (event: DragEvent) => void) =>
      area.addEventListener(type, act, { signal: until.signal });
    listen('dragover', (event) => {
      if (event.dataTransfer?.types.includes('Files') !== true) return;
      event.preventDefault();
      setAbove(true);
    });
    listen('dragleave', (event) => {
      if (!(event.relatedTarget instanceof Node) || !area.contains(event.relatedTarget)) setAbove(false);
    });
    listen('drop', (event) => {
      const files = [...(event.dataTransfer?.files ?? [])];
      setAbove(false);
      if (files.length === 0) return;
      event.preventDefault();
      onFiles(files);
    });
    return () => {
      until.abort();
      setAbove(false);
    };
  }, [inside, onFiles]);
  return above;
}
