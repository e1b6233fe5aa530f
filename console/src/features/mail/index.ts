export { ForwardDialog } from './forward-dialog.tsx';
export { Forwardings } from './forwardings.tsx';
