export { ActivityLog } from './activity-log.ts';
export { dropExpiredActivity } from './drop-expired.ts';
export {
  countSessionsFrom,
  eraseActivityOfVisitors,
  eraseAddress,
  eraseLookUpReasons,
} from './erase-activity.ts';
export { linesOfAddress, recordAddressExport, type AddressOnDays } from './export-address.ts';
export type { Activity, ActivityEntry } from './activity.ts';
export { normalAddress } from './normal-address.ts';
export { activityOfConversation } from './read-activity.ts';
export { readAsOperator } from './read-as-operator.ts';
