export { SmsError } from './sms-error.ts';
export { sendSms, type SmsServer, type TextMessage } from './send-sms.ts';
