export { ElevationChip } from './elevation-chip.tsx';
export { ElevationDialog } from './elevation-dialog.tsx';
export { SessionsOfUser } from './sessions.tsx';
export { sessionQuery, useSession } from './session.ts';
export { useSignOut } from './use-sign-out.ts';
