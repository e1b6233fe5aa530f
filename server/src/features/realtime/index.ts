export { Realtime } from './realtime.ts';
