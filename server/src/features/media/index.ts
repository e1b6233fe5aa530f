export { diskStore } from './disk-store.ts';
export { eraseMediaOfConversations } from './erase-media.ts';
export { mediaJobs } from './jobs.ts';
export { listMediaOfConversation, openListedFile } from './list-media.ts';
export type { MediaStore } from './media-store.ts';
export { readFileRules } from './rules.ts';
export type { ScannerAddress } from './scanner.ts';
