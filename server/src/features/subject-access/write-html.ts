import type { SubjectConversation, SubjectEntry } from '@samtal/contract/subject-access';
import type { Bundle, Heading } from './bundle.ts';
import { documentStyle } from './document-style.ts';
import { markup, Markup } from './markup.ts';
import type { Say } from '../../platform/words/index.ts';
import { languageOf, type Language } from './html-language.ts';
import { activitySection, fileTable, profileTable, recipientTable } from './html-tables.ts';

/**
 * The readable document, a conversation at a time: it loads nothing, runs nothing, and prints well. Whatever
 * people wrote is text in it, and the policy in its head keeps it so should anything ever slip through.
 */
export async function* writeHtml(
  { heading, conversations, activity }: Bundle,
  locale: 'en' | 'sv',
): AsyncGenerator<string> {
  const language = languageOf(locale);
  const { say } = language;
  yield beginning(heading, language).text;
  let count = 0;
  for await (const conversation of conversations) {
    count += 1;
    yield section(conversation, language).text;
  }
  const isAddress = heading.subject.kind === 'address';
  const lines = yield* activitySection(activity, language, isAddress ? 'address' : 'visits');
  const end = isAddress
    ? say('subject-access.end-lines', { count: lines })
    : say('subject-access.end', { count });
  yield markup`<footer>${end}</footer>
</main>
</body>
</html>
`.text;
}

function beginning(
  { accountName, madeAt, subject, notes }: Heading,
  { locale, say, time }: Language,
): Markup {
  return markup`<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${say('subject-access.document')}</title>
<style>${new Markup(documentStyle)}</style>
</head>
<body>
<main>
<h1>${say('subject-access.document')}</h1>
<p class="says">${say('subject-access.document-says')}</p>
<dl>
<dt>${say('subject-access.from')}</dt><dd><bdi>${accountName}</bdi></dd>
<dt>${say('subject-access.about')}</dt><dd><bdi>${aboutOf(subject)}</bdi></dd>
<dt>${say('subject-access.made')}</dt><dd>${time(madeAt)}</dd>
${notes === null ? '' : markup`<dt>${say('subject-access.notes')}</dt><dd>${say(`subject-access.notes-${notes}`)}</dd>`}
</dl>
`;
}

function aboutOf(subject: Heading['subject']): string {
  switch (subject.kind) {
    case 'case':
      return subject.caseId;
    case 'attribute':
      return `${subject.key}: ${subject.value}`;
    case 'address': {
      const { address, since, until } = subject;
      return since === null && until === null ? address : `${address} (${since ?? ''} – ${until ?? ''})`;
    }
  }
}

function section(conversation: SubjectConversation, language: Language): Markup {
  const { say, time } = language;
  const { caseId, startedAt, resolvedAt, siteName, queueName, handledBy, tags, rating, profile, unreadable } =
    conversation;
  return markup`<h2>${say('subject-access.case', { case: caseId })}</h2>
<dl>
<dt>${say('details.state')}</dt><dd>${say(`state.${conversation.state}`)}</dd>
<dt>${say('details.started')}</dt><dd>${time(startedAt)}</dd>
${resolvedAt === null ? '' : markup`<dt>${say('details.resolved')}</dt><dd>${time(resolvedAt)}</dd>`}
<dt>${say('details.site')}</dt><dd><bdi>${siteName}</bdi></dd>
<dt>${say('details.queue')}</dt><dd><bdi>${queueName}</bdi></dd>
<dt>${say('details.agent')}</dt><dd><bdi>${handledBy.join(', ') || say('details.nobody')}</bdi></dd>
<dt>${say('details.tags')}</dt><dd><bdi>${tags.join(', ') || '–'}</bdi></dd>
${rating === null ? '' : markup`<dt>${say('details.rating')}</dt><dd>${say('details.rated', { score: rating })}</dd>`}
</dl>
${profile.length === 0 ? '' : profileTable(profile, language)}
<h3>${say('subject-access.transcript')}</h3>
${unreadable === 0 ? '' : markup`<p>${say('subject-access.unreadable', { count: unreadable })}</p>`}
<ol>
${conversation.entries.map((entry) => item(entry, language))}</ol>
${conversation.files.length === 0 ? '' : fileTable(conversation.files, language)}${conversation.recipients.length === 0 ? '' : recipientTable(conversation.recipients, language)}`;
}

function item(entry: SubjectEntry, { say, time }: Language): Markup {
  if (entry.text === null)
    return markup`<li class="event">${time(entry.at)} · <bdi>${eventWords(entry, say)}</bdi></li>
`;
  const who = entry.name ?? say(`subject-access.by-${entry.by}`);
  const note = entry.kind === 'note' ? markup` · ${say('subject-access.note')}` : '';
  return markup`<li class="${entry.kind}"><div class="who"><b><bdi>${who}</bdi></b>${note} · ${time(entry.at)}</div>
<p dir="auto">${entry.text}</p></li>
`;
}

function eventWords({ kind, by, name, details }: SubjectEntry, say: Say): string {
  const list = (value: unknown) => (Array.isArray(value) ? value.join(', ') : '');
  switch (kind) {
    case 'transferred':
      return details['queueName'] === null
        ? say('event.transferred-agent')
        : say('event.transferred-queue', { queue: String(details['queueName']) });
    case 'resolved':
      return say(`event.resolved-${String(details['by'])}`, { name: name ?? say('subject-access.by-agent') });
    case 'connection':
      return say(`event.connection-${String(details['state'])}`);
    case 'tagged':
      return [
        ...(list(details['added']) === '' ? [] : [say('event.tagged', { tags: list(details['added']) })]),
        ...(list(details['removed']) === ''
          ? []
          : [say('event.untagged', { tags: list(details['removed']) })]),
      ].join(' · ');
    case 'file':
      return say('subject-access.sent', {
        name: name ?? say(by === 'visitor' ? 'subject-access.by-visitor' : 'subject-access.by-agent'),
        file: String(details['name']),
      });
    case 'profile':
      return say('event.profile', { attributes: list(details['keys']) });
    default:
      return say(`event.${kind}`, { name: name ?? say('subject-access.by-agent') });
  }
}
