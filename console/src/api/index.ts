export { call, rememberCsrfToken, save } from './client.ts';
export { basePath, embeddedIn, isFramedAmiss } from './embedded.ts';
export { askForElevationBy } from './elevation.ts';
export { openFile, sendFile } from './files.ts';
export { createQueryClient, lookAgainAfter } from './query-client.ts';
export { Refusal } from './refusal.ts';
export { useProblemText } from './problem-text.ts';
