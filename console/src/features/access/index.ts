export { GrantsEditor } from './grants-editor.tsx';
export { useRoleName, useRoles } from './queries.ts';
export { ScopeEditor } from './scope-editor.tsx';
export { useScopeWords } from './scope-words.ts';
