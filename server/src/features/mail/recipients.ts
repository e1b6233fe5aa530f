import type { SettingValues } from '@samtal/contract/settings';
import { isAmong, sendableAddress } from '../../platform/mail/index.ts';

/** Why no mail goes to an address. */
export type RecipientRefusal = 'not-listed' | 'blocked';

/**
 * Whether mail of an account may go to an address (E11): to one that is listed, where any are, and to none that is
 * blocked. The platform's own address is always blocked: mail to oneself can go in a circle.
 */
export function refusalOf(address: string, settings: SettingValues): RecipientRefusal | null {
  const to = sendableAddress(address);
  const own = settings['mail.sender-address'];
  const blocked = [...settings['mail.blocked-senders'], ...(own === null ? [] : [own])];
  if (to === null) return 'blocked';
  // What stands behind a plus leads to the same mailbox.
  if ([to, to.replace(/\+[^@]*@/, '@')].some((each) => isAmong(each, blocked))) return 'blocked';
  const listed = settings['mail.forwarding-addresses'];
  return listed.length === 0 || isAmong(to, listed) ? null : 'not-listed';
}
