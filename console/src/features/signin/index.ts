export { sessionQuery, useSession } from './session.ts';
export { useSignOut } from './use-sign-out.ts';
