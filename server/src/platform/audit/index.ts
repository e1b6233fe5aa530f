export { platformChain, recordAudit, type AuditActor, type AuditEvent } from './record.ts';
