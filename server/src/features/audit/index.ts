export { exportCheckpoints } from './export-checkpoints.ts';
export { exportEntries } from './export-entries.ts';
export { auditJobs, verifyAndRemember, verifyingKeys } from './jobs.ts';
export { AuditStreamer } from './streamer.ts';
export {
  createDestination,
  deleteDestination,
  readDestinations,
  type NewDestination,
} from './destinations.ts';
