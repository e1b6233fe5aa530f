export { createAccount, type NewAccount } from './create-account.ts';
export { readAccount, readAccounts, type StoredAccount } from './queries.ts';
export { setAccountStatus } from './set-account-status.ts';
