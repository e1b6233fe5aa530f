export { apiKeyGate } from './gate.ts';
export { apiKeysJobs } from './jobs.ts';
export { countSecretsFrom, readKeys } from './queries.ts';
export { revokeApiKey } from './revoke-api-key.ts';
