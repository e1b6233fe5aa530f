export { diskStore } from './disk-store.ts';
export { ContentRestoration } from './restore-content.ts';
export { keptContents, type KeptContent } from './kept-contents.ts';
export { eraseMediaOfConversations } from './erase-media.ts';
export { mediaJobs } from './jobs.ts';
export { listMediaOfConversation, openListedFile } from './list-media.ts';
export type { MediaStore } from './media-store.ts';
export { readFileRules } from './rules.ts';
export type { ScannerAddress } from './scanner.ts';
