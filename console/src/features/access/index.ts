export { GrantsEditor, ScopeEditor, useScopeWords } from './grants-editor.tsx';
export { useRoleName, useRoles } from './queries.ts';
