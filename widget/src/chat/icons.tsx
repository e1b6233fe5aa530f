const paths = {
  bubbles:
    'M4 5.5h11a1.5 1.5 0 0 1 1.5 1.5v5a1.5 1.5 0 0 1-1.5 1.5H8.5L5 16.5v-3H4A1.5 1.5 0 0 1 2.5 12V7A1.5 1.5 0 0 1 4 5.5Zm15.5 5h.5a1.5 1.5 0 0 1 1.5 1.5v4.5a1.5 1.5 0 0 1-1.5 1.5h-1v2.5l-3-2.5h-4',
  minimise: 'm6 9.5 6 6 6-6',
  end: 'M10 5H6.5A1.5 1.5 0 0 0 5 6.5v11A1.5 1.5 0 0 0 6.5 19H10m4.5-3.5L18 12l-3.5-3.5M18 12H9.5',
  send: 'M12 19V5m-6 6 6-6 6 6',
  down: 'M12 5v14m-6-6 6 6 6-6',
  lock: 'M7 10.5V8a5 5 0 0 1 10 0v2.5M6 10.5h12v9H6z',
  copy: 'M9 9h10v10H9zM15 9V5H5v10h4',
  done: 'm5 12.5 4.5 4.5L19 7.5',
  failed: 'M12 7.5v6m0 3v.1M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z',
  attach: 'm20 11.5-8 8a5 5 0 0 1-7-7l8.5-8.5a3.3 3.3 0 0 1 4.7 4.7L9.7 17a1.6 1.6 0 0 1-2.3-2.3l7.6-7.5',
  close: 'm6.5 6.5 11 11m0-11-11 11',
  file: 'M13 3.5H6.5v17h11V8L13 3.5V8h4.5',
  save: 'M12 4.5v10m-4.5-4 4.5 4.5 4.5-4.5M5 19.5h14',
  waiting: 'M12 7v5l3.5 2M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z',
} as const;

/** A drawing beside a text that says the same, or in a button that has a name. */
export function Icon({ name }: { name: keyof typeof paths }) {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 24 24" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
