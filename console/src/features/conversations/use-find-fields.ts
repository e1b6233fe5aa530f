import { useState } from 'react';
import { emptyFields, type FindFields } from './find-filter.ts';

/** Outlives the page, so that coming back from a result finds the search as it was left. */
let last: FindFields = emptyFields;

export function useFindFields() {
  const [fields, setFields] = useState(last);
  const change = (next: FindFields) => {
    last = next;
    setFields(next);
  };
  return [fields, change] as const;
}

/** Whether conversations are found by what is known about them, or by what was written in them. */
export type FindMode = 'facts' | 'texts';

let lastMode: FindMode = 'facts';

export function useFindMode() {
  const [mode, setMode] = useState(lastMode);
  const change = (next: FindMode) => {
    lastMode = next;
    setMode(next);
  };
  return [mode, change] as const;
}
