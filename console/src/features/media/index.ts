export { AttachButton } from './attach-button.tsx';
export { FileView } from './file-view.tsx';
export { useFileRules } from './queries.ts';
export { uploads } from './uploads.ts';
export { UploadsList } from './uploads-list.tsx';
export { useDroppedFiles } from './use-dropped-files.ts';
