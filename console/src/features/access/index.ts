export { GrantsEditor } from './grants-editor.tsx';
export { Narrowing } from './narrowing.tsx';
export { useRoleName, useRoles } from './queries.ts';
export { RoleSelect } from './role-select.tsx';
export { useScopeWords } from './scope-words.ts';
