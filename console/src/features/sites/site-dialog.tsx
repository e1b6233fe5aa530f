import { ColorInput, NumberInput, Select, TagsInput } from '@mantine/core';
import { changeSite, createSite, type Site } from '@samtal/contract/sites';
import { useState } from 'react';
import { call } from '../../api/index.ts';
import { languageName, locales, useText } from '../../text/index.ts';
import { FormDialog, NameField, ReasonField } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { useQueues } from '../routing/index.ts';
import { originOf } from './origins.ts';

interface SiteDialogProps {
  /** Null for a new one. */
  site: Site | null;
  onSaved: (site: Site) => Promise<unknown>;
  onClose: () => void;
}

const swatches = ['#17666b', '#1d4ed8', '#6d28d9', '#be185d', '#b45309', '#15803d', '#1f2937'];

export function SiteDialog({ site, onSaved, onClose }: SiteDialogProps) {
  const { t, locale: ownLocale } = useText();
  const account = useAccount();
  const queues = useQueues();
  const [name, setName] = useState(site?.name ?? '');
  const [origins, setOrigins] = useState<readonly string[]>(site?.origins ?? []);
  const [queueId, setQueueId] = useState(site?.queueId ?? null);
  const [locale, setLocale] = useState(site?.locale ?? ownLocale);
  const [accentColour, setAccentColour] = useState(site?.accentColour ?? '#17666b');
  const [life, setLife] = useState<number | string>(site?.sessionLifeMinutes ?? 60);
  const [reason, setReason] = useState('');
  const [refusedOrigin, setRefusedOrigin] = useState<string | null>(null);

  const queue = queueId ?? queues.data?.[0]?.id ?? null;
  const changeOrigins = (typed: readonly string[]) => {
    const known = typed.map((each) => ({ each, origin: originOf(each) }));
    setRefusedOrigin(known.find(({ origin }) => origin === null)?.each ?? null);
    setOrigins([...new Set(known.flatMap(({ origin }) => origin ?? []))]);
  };
  const save = async () => {
    if (queue === null) return;
    const body = {
      name: name.trim(),
      origins: [...origins],
      queueId: queue,
      locale,
      accentColour: accentColour.toLowerCase(),
      sessionLifeMinutes: Number(life),
      reason,
    };
    const params = { accountId: account.id };
    const saved =
      site === null
        ? await call(createSite, { params, body })
        : await call(changeSite, {
            params: { ...params, siteId: site.id },
            body: { ...body, version: site.version },
          });
    onClose();
    await onSaved(saved);
  };

  return (
    <FormDialog
      opened
      title={t(site === null ? 'site.add' : 'site.change')}
      action={t('save')}
      onSubmit={save}
      onClose={onClose}
    >
      <NameField value={name} onChange={setName} />
      <TagsInput
        label={t('site.origins')}
        description={t('site.origins-says')}
        placeholder={origins.length === 0 ? 'https://www.example.org' : ''}
        value={[...origins]}
        onChange={changeOrigins}
        acceptValueOnBlur
        splitChars={[',', ' ', '\n']}
        maxTags={100}
        error={refusedOrigin === null ? null : t('site.origin-refused', { origin: refusedOrigin })}
      />
      <Select
        label={t('site.queue')}
        description={t('site.queue-says')}
        data={(queues.data ?? []).map((each) => ({ value: each.id, label: each.name }))}
        value={queue}
        onChange={setQueueId}
        allowDeselect={false}
        required
        withAsterisk={false}
      />
      <Select
        label={t('site.locale')}
        description={t('site.locale-says')}
        data={[...new Set([...locales, locale])].map((tag) => ({
          value: tag,
          label: languageName(tag, ownLocale),
        }))}
        value={locale}
        onChange={(value) => value !== null && setLocale(value)}
        allowDeselect={false}
      />
      <ColorInput
        label={t('site.colour')}
        description={t('site.colour-says')}
        format="hex"
        swatches={swatches}
        value={accentColour}
        onChange={setAccentColour}
        eyeDropperButtonProps={{ 'aria-label': t('site.eye-dropper') }}
      />
      <NumberInput
        label={t('site.life')}
        description={t('site.life-says')}
        value={life}
        onChange={setLife}
        min={5}
        max={1440}
        allowDecimal={false}
        required
        withAsterisk={false}
      />
      <ReasonField value={reason} onChange={setReason} />
    </FormDialog>
  );
}
