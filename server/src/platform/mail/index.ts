export { isAmong, sendableAddress } from './addresses.ts';
export { MailError } from './mail-error.ts';
export { sendMail, type Mail, type MailServer } from './send-mail.ts';
