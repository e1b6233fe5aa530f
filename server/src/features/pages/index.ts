export { checkPages, pages, PagesMissingError } from './pages.ts';
