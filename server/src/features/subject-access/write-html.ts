import type { SubjectActivity, SubjectConversation, SubjectEntry } from '@samtal/contract/subject-access';
import type { Bundle, Heading } from './bundle.ts';
import { documentStyle } from './document-style.ts';
import { markup, Markup } from './markup.ts';
import { wordsOf, type Say } from '../../platform/words/index.ts';

interface Language {
  readonly locale: 'en' | 'sv';
  readonly say: Say;
  time(at: string): Markup;
}

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
  yield* activitySection(activity, language);
  yield markup`<footer>${say('subject-access.end', { count })}</footer>
</main>
</body>
</html>
`.text;
}

function languageOf(locale: 'en' | 'sv'): Language {
  const format = new Intl.DateTimeFormat(locale === 'en' ? 'en-GB' : 'sv-SE', {
    dateStyle: 'medium',
    timeStyle: 'medium',
    timeZone: 'UTC',
  });
  const time = (at: string) => markup`<time datetime="${at}">${format.format(new Date(at))} UTC</time>`;
  return { locale, say: wordsOf(locale), time };
}

function beginning(
  { accountName, madeAt, subject, notes }: Heading,
  { locale, say, time }: Language,
): Markup {
  const about = subject.kind === 'case' ? subject.caseId : `${subject.key}: ${subject.value}`;
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
<dt>${say('subject-access.about')}</dt><dd><bdi>${about}</bdi></dd>
<dt>${say('subject-access.made')}</dt><dd>${time(madeAt)}</dd>
<dt>${say('subject-access.notes')}</dt><dd>${say(`subject-access.notes-${notes}`)}</dd>
</dl>
`;
}

function section(conversation: SubjectConversation, language: Language): Markup {
  const { say, time } = language;
  const { caseId, startedAt, resolvedAt, siteName, queueName, handledBy, tags, profile, unreadable } =
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
</dl>
${profile.length === 0 ? '' : profileTable(profile, language)}
<h3>${say('subject-access.transcript')}</h3>
${unreadable === 0 ? '' : markup`<p>${say('subject-access.unreadable', { count: unreadable })}</p>`}
<ol>
${conversation.entries.map((entry) => item(entry, language))}</ol>
${conversation.files.length === 0 ? '' : fileTable(conversation.files, language)}`;
}

function profileTable(profile: SubjectConversation['profile'], { say, time }: Language): Markup {
  const rows = profile.map(
    (each) => markup`<tr><td><bdi>${each.label}</bdi></td><td><bdi>${each.value}</bdi></td>
<td><bdi>${each.purpose}</bdi></td><td>${say(`attribute-category.${each.category}`)}</td><td>${time(each.setAt)}</td></tr>
`,
  );
  return markup`<h3>${say('details.profile')}</h3>
<table>
<thead><tr><th scope="col">${say('attributes.label')}</th><th scope="col">${say('attributes.value')}</th>
<th scope="col">${say('attributes.purpose')}</th><th scope="col">${say('attributes.category')}</th>
<th scope="col">${say('attributes.set')}</th></tr></thead>
<tbody>
${rows}</tbody>
</table>
`;
}

function fileTable(files: SubjectConversation['files'], { locale, say }: Language): Markup {
  const size = new Intl.NumberFormat(locale, { style: 'unit', unit: 'kilobyte', maximumFractionDigits: 1 });
  const rows = files.map(
    ({
      name,
      path,
      sizeBytes,
      state,
    }) => markup`<tr><td><bdi>${path === null ? name : link(path, name)}</bdi></td>
<td>${size.format(sizeBytes / 1000)}</td><td>${say(`subject-access.file-${state}`)}</td></tr>
`,
  );
  return markup`<h3>${say('subject-access.files')}</h3>
<table>
<thead><tr><th scope="col">${say('subject-access.file')}</th><th scope="col">${say('subject-access.file-size')}</th>
<th scope="col">${say('subject-access.file-state')}</th></tr></thead>
<tbody>
${rows}</tbody>
</table>
`;
}

/** To a file that lies beside this document. */
function link(path: string, name: string): Markup {
  return markup`<a href="${path.split('/').map(encodeURIComponent).join('/')}">${name}</a>`;
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

async function* activitySection(
  activity: AsyncIterable<SubjectActivity>,
  { say, time }: Language,
): AsyncGenerator<string> {
  let isEmpty = true;
  for await (const each of activity) {
    if (isEmpty)
      yield markup`<h2>${say('subject-access.activity')}</h2>
<p class="says">${say('subject-access.activity-says')}</p>
<table>
<thead><tr><th scope="col">${say('subject-access.at')}</th><th scope="col">${say('subject-access.what')}</th>
<th scope="col">${say('subject-access.address')}</th><th scope="col">${say('subject-access.browser')}</th>
<th scope="col">${say('subject-access.page')}</th></tr></thead>
<tbody>
`.text;
    isEmpty = false;
    yield markup`<tr><td>${time(each.at)}</td><td>${say(`subject-access.kind-${each.kind}`)}</td><td><bdi>${each.address}</bdi></td>
<td><bdi>${each.agent}</bdi></td><td><bdi>${each.path ?? '–'}</bdi></td></tr>
`.text;
  }
  if (!isEmpty) yield '</tbody>\n</table>\n';
}
