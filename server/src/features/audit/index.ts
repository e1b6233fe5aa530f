export { exportCheckpoints } from './export-checkpoints.ts';
export { exportEntries } from './export-entries.ts';
export { auditJobs, verifyAndRemember, verifyingKeys } from './jobs.ts';
export { restoreDestination } from './restore-destination.ts';
export { AuditStreamer } from './streamer.ts';
export {
  createDestination,
  deleteDestination,
  hostOf,
  readDestinations,
  type NewDestination,
} from './destinations.ts';
