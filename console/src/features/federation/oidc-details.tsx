import { Switch, TagsInput, TextInput } from '@mantine/core';
import type { OidcAgreement } from '@samtal/contract/federation';
import { useText } from '../../text/index.ts';

interface OidcDetailsProps {
  oidc: OidcAgreement;
  onChange: (changes: Partial<OidcAgreement>) => void;
}

/** What few providers need otherwise. */
export function OidcDetails({ oidc, onChange }: OidcDetailsProps) {
  const { t } = useText();
  return (
    <>
      <TagsInput
        label={t('federation.scopes')}
        description={t('federation.scopes-says')}
        value={[...oidc.scopes]}
        onChange={(scopes) =>
          onChange({ scopes: scopes.map((each) => each.trim()).filter((each) => each !== '') })
        }
        acceptValueOnBlur
        splitChars={[',', ' ', '\n']}
        maxTags={20}
      />
      <Switch
        label={t('federation.verified-email')}
        description={t('federation.verified-email-says')}
        checked={oidc.requiresVerifiedEmail}
        onChange={(event) => onChange({ requiresVerifiedEmail: event.currentTarget.checked })}
      />
      <Switch
        label={t('federation.signs-out')}
        description={t('federation.signs-out-says')}
        checked={oidc.signsOutThere}
        onChange={(event) => onChange({ signsOutThere: event.currentTarget.checked })}
      />
      <TextInput
        label={t('federation.subject-claim')}
        description={t('federation.subject-claim-says')}
        placeholder="sub"
        value={oidc.subjectClaim ?? ''}
        onChange={(event) => onChange({ subjectClaim: event.currentTarget.value })}
        maxLength={255}
        spellCheck={false}
      />
    </>
  );
}
