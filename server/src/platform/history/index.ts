export { ChangedMeanwhile, recordVersion } from './record-version.ts';
