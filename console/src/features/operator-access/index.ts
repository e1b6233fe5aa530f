export { OperatorBanner } from './operator-banner.tsx';
