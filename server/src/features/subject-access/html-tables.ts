import type { SubjectActivity, SubjectConversation } from '@samtal/contract/subject-access';
import type { Language } from './html-language.ts';
import { markup, type Markup } from './markup.ts';

export function profileTable(profile: SubjectConversation['profile'], { say, time }: Language): Markup {
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

export function fileTable(files: SubjectConversation['files'], { locale, say }: Language): Markup {
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

/** To whom the conversation was forwarded. */
export function recipientTable(
  recipients: SubjectConversation['recipients'],
  { say, time }: Language,
): Markup {
  const rows = recipients.map(
    ({
      to,
      at,
      state,
      sentAt,
      note,
      reason,
    }) => markup`<tr><td><bdi>${to ?? say('subject-access.damaged')}</bdi></td>
<td>${time(sentAt ?? at)}</td><td>${say(`subject-access.mail-${state}`)}</td>
<td><bdi>${[note, reason].filter((text) => text !== null && text !== '').join(' · ') || '–'}</bdi></td></tr>
`,
  );
  return markup`<h3>${say('subject-access.recipients')}</h3>
<table>
<thead><tr><th scope="col">${say('subject-access.recipient')}</th><th scope="col">${say('subject-access.at')}</th>
<th scope="col">${say('subject-access.mail-state')}</th><th scope="col">${say('subject-access.mail-note')}</th></tr></thead>
<tbody>
${rows}</tbody>
</table>
`;
}

/** What the activity log says of visits, or of an address. Answers with how many lines there were. */
export async function* activitySection(
  activity: AsyncIterable<SubjectActivity>,
  { say, time }: Language,
  of: 'visits' | 'address',
): AsyncGenerator<string, number> {
  let count = 0;
  for await (const each of activity) {
    if (count === 0)
      yield markup`<h2>${say('subject-access.activity')}</h2>
<p class="says">${say(`subject-access.activity-says-${of}`)}</p>
<table>
<thead><tr><th scope="col">${say('subject-access.at')}</th><th scope="col">${say('subject-access.what')}</th>
<th scope="col">${say('subject-access.address')}</th><th scope="col">${say('subject-access.browser')}</th>
<th scope="col">${say('subject-access.page')}</th></tr></thead>
<tbody>
`.text;
    count += 1;
    yield markup`<tr><td>${time(each.at)}</td><td>${say(`subject-access.kind-${each.kind}`)}</td><td><bdi>${each.address}</bdi></td>
<td><bdi>${each.agent}</bdi></td><td><bdi>${each.path ?? '–'}</bdi></td></tr>
`.text;
  }
  if (count > 0) yield '</tbody>\n</table>\n';
  return count;
}
