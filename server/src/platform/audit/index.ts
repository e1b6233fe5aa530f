export { chainBegin } from './base.ts';
export { lastNumberIn } from './checkpoint-files.ts';
export { CheckpointKeeper, keepCheckpoints } from './checkpoint-keeper.ts';
export { pruneAudit } from './prune.ts';
export { readProofs } from './read-checkpoints.ts';
export {
  elevatedBy,
  platformChain,
  recordAudit,
  recordAuditIn,
  type AuditActor,
  type AuditEvent,
} from './record.ts';
export { AuditSealer } from './sealer.ts';
export { sealOutbox } from './seal.ts';
export { keyHash, type Checkpoint, type Leaf } from './statement.ts';
export {
  verifyAudit,
  verifyTrail,
  type AuditVerdict,
  type ChainVerdict,
  type VerifyingKeys,
} from './verify.ts';
