import type { CannedReply } from '@samtal/contract/canned-replies';

/** The replies that fit what was typed after `/`: first those whose shortcut begins with it, then any that hold it. */
export function matchingReplies(replies: readonly CannedReply[], typed: string): CannedReply[] {
  const wanted = typed.toLocaleLowerCase();
  const begins = replies.filter((reply) => reply.shortcut.toLocaleLowerCase().startsWith(wanted));
  const holds = replies.filter(
    (reply) =>
      !begins.includes(reply) && `${reply.shortcut} ${reply.text}`.toLocaleLowerCase().includes(wanted),
  );
  return [...begins, ...holds];
}

/** What was typed after `/` when a text is the beginning of a canned reply’s shortcut; else null. */
export function typedShortcut(text: string): string | null {
  return /^\/([\p{L}\p{N}-]{0,40})$/u.exec(text)?.[1] ?? null;
}
