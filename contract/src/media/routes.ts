/** Where the widget’s endpoints for files are. No schemas here, because the visitor’s browser loads this file. */
export const sendVisitorFileRoute = {
  method: 'PUT',
  path: '/widget/{siteKey}/conversation/files/{cid}',
} as const;
export const openVisitorFileRoute = { method: 'GET', path: '/widget/{siteKey}/media/{mediaId}' } as const;
