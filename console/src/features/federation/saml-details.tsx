import { Select, Switch } from '@mantine/core';
import type { SamlAgreement } from '@samtal/contract/federation';
import { useText } from '../../text/index.ts';

interface SamlDetailsProps {
  saml: SamlAgreement;
  onChange: (changes: Partial<SamlAgreement>) => void;
}

/** What few providers need otherwise. */
export function SamlDetails({ saml, onChange }: SamlDetailsProps) {
  const { t } = useText();
  return (
    <>
      <Select
        label={t('federation.signed')}
        data={(['assertion', 'response', 'both'] as const).map((value) => ({
          value,
          label: t(`federation.signed.${value}`),
        }))}
        value={saml.signed}
        onChange={(value) => onChange({ signed: value ?? 'assertion' })}
        allowDeselect={false}
      />
      <Switch
        label={t('federation.encrypted')}
        description={t('federation.encrypted-says')}
        checked={saml.encrypted}
        onChange={(event) => onChange({ encrypted: event.currentTarget.checked })}
      />
      <Switch
        label={t('federation.unsolicited')}
        description={t('federation.unsolicited-says')}
        checked={saml.unsolicited}
        onChange={(event) => onChange({ unsolicited: event.currentTarget.checked })}
      />
      <Switch
        label={t('federation.signs-out')}
        description={t(
          saml.signOutUrl === null ? 'federation.signs-out-nowhere' : 'federation.signs-out-says',
        )}
        checked={saml.signsOutThere && saml.signOutUrl !== null}
        disabled={saml.signOutUrl === null}
        onChange={(event) => onChange({ signsOutThere: event.currentTarget.checked })}
      />
    </>
  );
}
