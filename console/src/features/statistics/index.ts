export { statisticsLiveKey } from './live-key.ts';
export { readView } from './view.ts';
