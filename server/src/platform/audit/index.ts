export { platformChain, recordAudit, type AuditActor, type AuditEvent } from './record.ts';
export { AuditSealer } from './sealer.ts';
export { sealOutbox } from './seal.ts';
export { verifyAudit } from './verify.ts';
