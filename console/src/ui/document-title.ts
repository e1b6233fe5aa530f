import { useEffect } from 'react';

let page = '';
let waiting = 0;

/** Names the page in the browser’s tab. */
export function usePageTitle(title: string): void {
  useEffect(() => {
    page = title;
    show();
  }, [title]);
}

/** Puts a number before the title: how much waits for the user. Zero takes it away. */
export function showTitleBadge(count: number): void {
  waiting = count;
  show();
}

function show(): void {
  const name = page === '' ? 'Samtal' : `${page} · Samtal`;
  document.title = waiting > 0 ? `(${waiting}) ${name}` : name;
}
