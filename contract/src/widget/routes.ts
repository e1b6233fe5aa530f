/**
 * Where the widget’s endpoints are. No schemas here, because the visitor’s browser loads this file; the endpoints
 * themselves are in `index.ts`.
 */
export const configurationRoute = { method: 'GET', path: '/widget/{siteKey}' } as const;
export const startSessionRoute = { method: 'POST', path: '/widget/{siteKey}/session' } as const;
export const redeemTicketRoute = { method: 'POST', path: '/widget/{siteKey}/ticket' } as const;
export const endSessionRoute = { method: 'DELETE', path: '/widget/{siteKey}/session' } as const;
export const startConversationRoute = { method: 'POST', path: '/widget/{siteKey}/conversation' } as const;
export const getConversationRoute = { method: 'GET', path: '/widget/{siteKey}/conversation' } as const;
export const identifyVisitorRoute = {
  method: 'POST',
  path: '/widget/{siteKey}/conversation/attributes',
} as const;
export const endConversationRoute = { method: 'DELETE', path: '/widget/{siteKey}/conversation' } as const;
export const rateConversationRoute = {
  method: 'PUT',
  path: '/widget/{siteKey}/conversation/{conversationId}/rating',
} as const;
export const readEntriesRoute = { method: 'GET', path: '/widget/{siteKey}/conversation/entries' } as const;
