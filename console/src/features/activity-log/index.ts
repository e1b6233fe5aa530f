export { LookUpDialog } from './look-up-dialog.tsx';
