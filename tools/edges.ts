/**
 * Which feature of the server may use which other one, and what for. A feature is used through its `index.ts` only.
 * The list is free of circles and holds nothing that the code does not use; `tools/boundaries.ts` sees to both.
 */
export const edges: readonly { from: string; to: string; because: string }[] = [];
