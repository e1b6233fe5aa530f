export { recordFact, type Fact } from './record.ts';
