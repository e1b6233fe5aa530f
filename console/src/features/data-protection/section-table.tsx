import type { DataProtectionRecord, RecordSection } from '@samtal/contract/data-protection';
import { useText } from '../../text/index.ts';
import { useSettingText } from '../settings/index.ts';
import { Columns, Origin } from './record-parts.tsx';

/** The settings of one section: what each is called, what holds, and who has decided it. */
export function SectionTable({
  record: { settings, channels },
  section,
}: {
  record: DataProtectionRecord;
  section: RecordSection;
}) {
  const { t } = useText();
  const { label, say } = useSettingText();
  return (
    <Columns heads={[t('record.setting'), t('record.holds'), t('record.set-by')]}>
      {settings
        .filter((each) => each.section === section)
        .flatMap(({ setting, values }) =>
          values.map(({ channelId, value, origin }) => (
            <tr key={`${setting} ${channelId ?? ''}`}>
              <th scope="row">{label(setting)}</th>
              <td>
                {setting === 'backup.hour' ? t('record.hour', { hour: String(value) }) : say(setting, value)}
              </td>
              <td>
                <Origin channels={channels} channelId={channelId} origin={origin} />
              </td>
            </tr>
          )),
        )}
    </Columns>
  );
}
