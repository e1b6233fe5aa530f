export { createAccount } from './create-account.ts';
export { presentAccount } from './presenter.ts';
export { readAccount, readAccounts, type StoredAccount } from './queries.ts';
export { restoreAccount } from './restore-account.ts';
export { setAccountStatus } from './set-account-status.ts';
