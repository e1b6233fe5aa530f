import type { DataProtectionRecord } from '@samtal/contract/data-protection';
import type { Ref } from 'react';
import { useText } from '../../text/index.ts';
import { useRoleName } from '../access/index.ts';
import { SectionTable } from './section-table.tsx';
import { Columns, Origin, Said } from './record-parts.tsx';
import { usePeriodText } from './use-period-text.ts';
import './record.css';

type Classes = DataProtectionRecord['classes'];

/** The record itself. Plain elements, since it is printed and kept as a file as well. */
export function RecordView({ record, ref }: { record: DataProtectionRecord; ref: Ref<HTMLElement> }) {
  const { t, formats } = useText();
  const { account, contacts, classes } = record;
  const about = (people: Classes[number]['people']) => classes.filter((each) => each.people === people);
  return (
    <article ref={ref} className="record" aria-label={t('record.title')}>
      <h2>{t('record.title')}</h2>
      <p>{t('record.intro', { account: account.name })}</p>
      <p className="stamp">
        {t('record.stamp', { at: formats.dateTime(record.generatedAt), version: record.version })}
      </p>

      <h2>{t('record.responsible')}</h2>
      <dl>
        <Said name={t('record.controller')} text={contacts.controller} />
        <Said name={t('record.contact')} text={contacts.contact} />
        <Said name={t('record.officer')} text={contacts.officer} />
        <Said name={t('record.representative')} text={contacts.representative} by="nobody-must" />
        <Said name={t('record.processor')} text={contacts.processor} by="operator" />
      </dl>

      <h2>{t('record.purposes')}</h2>
      <p>{contacts.purposes === '' ? t('record.purposes-default') : contacts.purposes}</p>

      <h2>{t('record.of-visitors')}</h2>
      <p>{t('record.of-visitors-says')}</p>
      <ClassTable record={record} classes={about('visitors')} />

      <h2>{t('record.attributes')}</h2>
      <Attributes attributes={record.attributes} />

      <h2>{t('record.of-users')}</h2>
      <p>{t('record.of-users-says')}</p>
      <ClassTable record={record} classes={about('users')} />

      <h2>{t('record.of-nobody')}</h2>
      <p>{t('record.of-nobody-says')}</p>
      <ClassTable record={record} classes={about('no')} />

      <h2>{t('record.channels')}</h2>
      <Channels channels={record.channels} />

      <h2>{t('record.section-conversations')}</h2>
      <p>{t('record.section-conversations-says')}</p>
      <SectionTable record={record} section="conversations" />

      <h2>{t('record.section-masking')}</h2>
      <p>{t('record.section-masking-says')}</p>
      <SectionTable record={record} section="masking" />
      <h3>{t('record.rules')}</h3>
      <Rules record={record} />

      <h2>{t('record.section-files')}</h2>
      <p>{t(record.filesScanned ? 'record.files-scanned' : 'record.files-not-scanned')}</p>
      <SectionTable record={record} section="files" />

      <h2>{t('record.section-mail')}</h2>
      <p>{t('record.section-mail-says')}</p>
      <SectionTable record={record} section="mail" />

      <h2>{t('record.recipients')}</h2>
      <p>{t('record.recipients-says')}</p>
      <dl>
        <Said name={t('record.region')} text={contacts.region} by="operator" />
        <Said name={t('record.transfers')} text={contacts.transfers} by="nobody-must" />
      </dl>
      <h3>{t('record.destinations')}</h3>
      <Destinations destinations={record.auditDestinations} />

      <h2>{t('record.access')}</h2>
      <p>{t('record.access-says')}</p>
      <Roles roles={record.roles} />
      <h3>{t('record.section-access')}</h3>
      <SectionTable record={record} section="access" />

      <h2>{t('record.section-backup')}</h2>
      <p>{t('record.section-backup-says')}</p>
      <SectionTable record={record} section="backup" />

      <h2>{t('record.measures')}</h2>
      <ul>
        <li>{t('record.measure-transport')}</li>
        <li>{t('record.measure-keys')}</li>
        <li>{t('record.measure-separation')}</li>
        <li>{t('record.measure-audit')}</li>
        <li>{t('record.measure-erasure')}</li>
        <li>{t('record.measure-session-data')}</li>
        <li>{t('record.measure-telemetry')}</li>
      </ul>

      <h2 className="appendix">{t('record.appendix')}</h2>
      <p>{t('record.appendix-says')}</p>
      <dl>
        <Said name={t('record.subject-matter')} text={t('record.subject-matter-says')} />
        <Said name={t('record.duration')} text={t('record.duration-says')} />
        <Said name={t('record.nature')} text={t('record.nature-says')} />
        <Said name={t('record.subprocessors')} text={t('record.subprocessors-says')} />
        <Said name={t('record.assistance')} text={t('record.assistance-says')} />
      </dl>
    </article>
  );
}

function ClassTable({ record, classes }: { record: DataProtectionRecord; classes: Classes }) {
  const { t } = useText();
  const periodText = usePeriodText(record.channels);
  const heads = [t('record.class'), t('record.where'), t('record.kept')];
  return (
    <Columns heads={heads}>
      {classes.map((each) => (
        <tr key={each.class}>
          <th scope="row">
            {t(`data-class.${each.class}`)}
            <p className="quiet">{t(`data-class.${each.class}-says`)}</p>
          </th>
          <td>
            {each.places.map((place) => t(`storage.${place}`)).join(', ')}
            <p className="quiet">{each.protection.map((word) => t(`protection.${word}`)).join(' ')}</p>
          </td>
          <td>
            {each.periods.map((period) => {
              const { says, from } = periodText(period);
              return (
                <div key={period.channelId ?? ''}>
                  {says}
                  <p className="quiet">{from}</p>
                </div>
              );
            })}
            {each.erasedOnRequest && <p className="quiet">{t('record.on-request')}</p>}
          </td>
        </tr>
      ))}
    </Columns>
  );
}

function Attributes({ attributes }: Pick<DataProtectionRecord, 'attributes'>) {
  const { t } = useText();
  if (attributes.length === 0) return <p>{t('record.no-attributes')}</p>;
  return (
    <>
      <p>{t('record.attributes-says')}</p>
      <Columns heads={[t('record.attribute'), t('record.purpose'), t('record.category')]}>
        {attributes.map(({ label, purpose, category, indexed }) => (
          <tr key={label}>
            <th scope="row">{label}</th>
            <td>{purpose}</td>
            <td>
              {t(`record.category-${category}`)}
              {indexed && <p className="quiet">{t('record.indexed')}</p>}
            </td>
          </tr>
        ))}
      </Columns>
    </>
  );
}

function Channels({ channels }: Pick<DataProtectionRecord, 'channels'>) {
  const { t } = useText();
  if (channels.length === 0) return <p>{t('record.no-channels')}</p>;
  return (
    <Columns heads={[t('record.channel'), t('record.logged'), t('record.session-data')]}>
      {channels.map(({ id, name, origins, activityLog, sessionDataShown }) => (
        <tr key={id}>
          <th scope="row">
            {name}
            <p className="quiet">{origins.join(', ')}</p>
          </th>
          <td>{t(`record.logged-${activityLog}`)}</td>
          <td>{t(sessionDataShown ? 'record.shown' : 'record.not-shown')}</td>
        </tr>
      ))}
    </Columns>
  );
}

function Roles({ roles }: Pick<DataProtectionRecord, 'roles'>) {
  const { t, formats } = useText();
  const roleName = useRoleName();
  return (
    <Columns wide="third" heads={[t('record.role'), t('record.users'), t('record.reaches')]}>
      {roles
        .filter(({ reaches }) => reaches.length > 0)
        .map(({ id, name, builtIn, users, reaches }) => (
          <tr key={id}>
            <th scope="row">{roleName({ name, builtIn })}</th>
            <td>{formats.number(users)}</td>
            <td>{reaches.map((authorisation) => t(`authorisation.${authorisation}`)).join(' · ')}</td>
          </tr>
        ))}
    </Columns>
  );
}

function Rules({ record: { rules, channels } }: { record: DataProtectionRecord }) {
  const { t } = useText();
  if (rules.length === 0) return <p>{t('record.no-rules')}</p>;
  return (
    <>
      <p>{t('record.rules-says')}</p>
      <Columns heads={[t('record.rule'), t('record.action'), t('record.set-by')]}>
        {rules.map(({ channelId, origin, name, action, keep, enabled }) => (
          <tr key={`${channelId ?? ''} ${name}`}>
            <th scope="row">{name}</th>
            <td>
              {t(`record.action-${action}`, { count: keep })}
              {!enabled && <p className="quiet">{t('record.rule-off')}</p>}
            </td>
            <td>
              <Origin channels={channels} channelId={channelId} origin={origin} />
            </td>
          </tr>
        ))}
      </Columns>
    </>
  );
}

function Destinations({ destinations }: { destinations: DataProtectionRecord['auditDestinations'] }) {
  const { t } = useText();
  if (destinations.length === 0) return <p>{t('record.no-destinations')}</p>;
  return (
    <>
      <p>{t('record.destinations-says')}</p>
      <Columns heads={[t('record.destination'), t('record.host'), t('record.way')]}>
        {destinations.map(({ name, kind, host, encrypted, active }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{host}</td>
            <td>
              {t(`record.way-${kind}`)}, {t(encrypted ? 'record.encrypted' : 'record.not-encrypted')}
              {!active && <p className="quiet">{t('record.paused')}</p>}
            </td>
          </tr>
        ))}
      </Columns>
    </>
  );
}
