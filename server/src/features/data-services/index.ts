export { restoreDataService } from './restore-data-service.ts';
