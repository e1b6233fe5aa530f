/**
 * queued → sent       a mail server has taken it
 * queued → given-up   refused for good, or a day has passed
 * queued → dropped    what it was about is over
 */
export const mailStates = ['queued', 'sent', 'given-up', 'dropped'] as const;
