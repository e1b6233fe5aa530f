export { GrantsEditor } from './grants-editor.tsx';
export { useRoleName, useRoles } from './queries.ts';
