export { claimedValues } from './claimed-values.ts';
export { restoreTicketKey } from './configuration.ts';
export { isIssuedHere, openIssuedTicket } from './issue-ticket.ts';
export { ticketsJobs } from './jobs.ts';
export { countTicketKeysFrom, readTicketKeys } from './queries.ts';
export { useTicket } from './use-ticket.ts';
export { verifyTicket } from './verify-ticket.ts';
