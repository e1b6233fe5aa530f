import type { DataProtectionRecord } from '@samtal/contract/data-protection';
import type { ReactNode } from 'react';
import { useText } from '../../text/index.ts';

/** Whoever says something: without it `account`. What the record must have and nobody has said stands out. */
export function Said({
  name,
  text,
  by = 'account',
}: {
  name: string;
  text: string;
  by?: 'account' | 'operator' | 'nobody-must';
}) {
  const { t } = useText();
  const missing = {
    account: <span className="missing">{t('record.missing')}</span>,
    operator: <span className="missing">{t('record.missing-operator')}</span>,
    'nobody-must': <span className="quiet">{t('record.none')}</span>,
  }[by];
  return (
    <>
      <dt>{name}</dt>
      <dd>{text === '' ? missing : text}</dd>
    </>
  );
}

/** A table; on a phone its rows stand one under the other, without heads. */
export function Columns({
  heads,
  wide = 'first',
  children,
}: {
  heads: readonly string[];
  /** Which of the three columns gets most room. */
  wide?: 'first' | 'third';
  children: ReactNode;
}) {
  return (
    <div className="table">
      <table className={`wide-${wide}`}>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

interface OriginProps {
  channels: DataProtectionRecord['channels'];
  channelId: string | null;
  origin: 'channel' | 'account' | 'installation' | 'default';
}

/** Who has decided a value, and for which channel where it is not the account's. */
export function Origin({ channels, channelId, origin }: OriginProps) {
  const { t } = useText();
  const name = channels.find(({ id }) => id === channelId)?.name;
  const words = t(`record.origin-${origin}`);
  return name === undefined ? words : `${name}: ${words}`;
}
