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
