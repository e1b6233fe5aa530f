export { Outbound, OutboundError, type TlsSettings } from './outbound.ts';
