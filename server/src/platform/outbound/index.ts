export { fetchOutbound, isLoopback } from './fetch.ts';
export { Outbound, OutboundError, type TlsSettings } from './outbound.ts';
