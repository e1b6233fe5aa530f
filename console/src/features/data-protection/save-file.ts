import styles from './record.css?inline';

/** Hands the browser a file to keep. */
export function saveFile(name: string, { type, content }: { type: string; content: string }): void {
  const url = URL.createObjectURL(new Blob([content], { type: `${type};charset=utf-8` }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // Not before the browser has begun to read it.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** The record as a page that stands alone: no script, no other file, and readable in a decade. */
export function standalonePage(
  record: HTMLElement,
  { title, locale }: { title: string; locale: string },
): string {
  const page = document.implementation.createHTMLDocument(title);
  page.documentElement.lang = locale;
  const charset = page.createElement('meta');
  charset.setAttribute('charset', 'utf-8');
  const style = page.createElement('style');
  style.textContent = `body { margin: 2rem auto; padding: 0 1rem; max-width: 60rem; }\n${styles}`;
  page.head.prepend(charset);
  page.head.append(style);
  page.body.append(page.importNode(record, true));
  return `<!doctype html>\n${page.documentElement.outerHTML}\n`;
}
