export { checkPages, pages, sendConsole } from './pages.ts';
