export { Card } from './card.tsx';
export { ElevationChip } from './elevation-chip.tsx';
export { ElevationDialog } from './elevation-dialog.tsx';
export { SessionsOfUser } from './sessions.tsx';
export { sessionQuery, useSession } from './session.ts';
export { useHasSession } from './use-sign-in.ts';
export { useSignOut } from './use-sign-out.ts';
