export { SmsError } from './sms-error.ts';
export { sendSms, type SmsServer } from './send-sms.ts';
