export { mailJobs } from './jobs.ts';
export { isSetUp, readWayOut, removeMailPassword, setMailPassword } from './mail-server.ts';
export { MailSender } from './mail-sender.ts';
export { readMailCounts } from './queries.ts';
export { readRecipients } from './read-recipients.ts';
