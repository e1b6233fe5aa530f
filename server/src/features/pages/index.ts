export { checkPages, pages } from './pages.ts';
