/**
 * The classes of data (ASVS 14.1.1): everything that is stored, in the database or in a file, is of one of them. Their
 * names and purposes are `data-class.<class>` and `data-class.<class>-says` of the console's catalogue.
 */
export const dataClassNames = [
  'transcript',
  'original',
  'visitor-session',
  'activity-log',
  'files',
  'mail',
  'legal-hold',
  'users',
  'operator-access',
  'sign-in',
  'api-access',
  'api-answers',
  'configuration',
  'statistics',
  'audit',
  'deletion-log',
  'erasure',
  'keys',
  'process-log',
  'backup',
  'installation',
] as const;
export type DataClassName = (typeof dataClassNames)[number];

/** The classes that go on their own when their time has come, or on request; the deletion log tells of them (G7). */
export const deletedClasses = [
  'transcript',
  'visitor-session',
  'activity-log',
  'audit',
  'statistics',
] as const;
export type DeletedClass = (typeof deletedClasses)[number];
