export { readFilesView } from './files-view.ts';
export { statisticsLiveKey } from './live-key.ts';
export { readView } from './view.ts';
