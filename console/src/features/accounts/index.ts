export { AccountProvider, useAccount, type CurrentAccount } from './account-context.tsx';
