import { Alert, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import type { BegunFactor, Confirmation, FactorKind, NewFactor } from '@samtal/contract/signin';
import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { useText } from '../../text/index.ts';
import { factorIcons } from './factor-icons.ts';
import { hasPasskeys, makePasskey } from './passkeys.ts';
import { CodeField } from './proof-form.tsx';
import { QrCode } from './qr-code.tsx';
import { useFactorProblem } from './use-factor-problem.ts';
import classes from './factors.module.css';

export interface AddFactorProps {
  addable: readonly FactorKind[];
  begin: (wanted: NewFactor) => Promise<BegunFactor>;
  /** Rejects when it was not shown to work. */
  confirm: (factorId: string, shown: Confirmation) => Promise<unknown>;
  onCancel?: () => void;
}

/** Adds something to sign in with: which kind, then what it takes, then shown to work. */
export function AddFactor({ addable, onCancel, ...props }: AddFactorProps) {
  const { t } = useText();
  const offered = addable.filter((kind) => kind !== 'passkey' || hasPasskeys());
  const [kind, setKind] = useState<FactorKind | null>(null);
  if (kind !== null) return <OneKind kind={kind} onBack={() => setKind(null)} {...props} />;
  return (
    <Stack>
      {offered.length === 0 && <Text size="sm">{t('factor.none-addable')}</Text>}
      <div className={classes.kinds}>
        {offered.map((each) => {
          const Icon = factorIcons[each];
          return (
            <Button
              key={each}
              variant="default"
              size="md"
              justify="flex-start"
              h="auto"
              py="sm"
              leftSection={<Icon size={20} aria-hidden="true" />}
              onClick={() => setKind(each)}
              styles={{ label: { whiteSpace: 'normal', textAlign: 'start' } }}
            >
              <span>
                {t(`factor.kind.${each}`)}
                <Text component="span" display="block" size="xs" c="dimmed" fw={400}>
                  {t(`factor.kind-says.${each}`)}
                </Text>
              </span>
            </Button>
          );
        })}
      </div>
      {onCancel !== undefined && (
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            {t('cancel')}
          </Button>
        </Group>
      )}
    </Stack>
  );
}

interface OneKindProps extends Pick<AddFactorProps, 'begin' | 'confirm'> {
  kind: FactorKind;
  onBack: () => void;
}

function OneKind({ kind, begin, confirm, onBack }: OneKindProps) {
  const { t } = useText();
  const problem = useFactorProblem();
  const [begun, setBegun] = useState<BegunFactor | null>(null);
  const start = useMutation({
    mutationFn: async (wanted: NewFactor) => {
      const started = await begin(wanted);
      if (started.passkey === null) return started;
      await confirm(started.id, { answer: await makePasskey(started.passkey) });
      return null;
    },
    onSuccess: setBegun,
  });
  const show = useMutation({
    mutationFn: async (code: string) => {
      if (begun !== null) await confirm(begun.id, { code });
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    event.stopPropagation();
    const given = new FormData(event.currentTarget);
    const field = (name: string) => {
      const value = given.get(name);
      return typeof value === 'string' ? value.trim() : '';
    };
    if (begun !== null) return show.mutate(field('code').replaceAll(/\s/g, ''));
    const name = field('name');
    start.mutate(
      kind === 'sms' ? { kind, name, number: field('number').replaceAll(/[\s()-]/g, '') } : { kind, name },
    );
  };
  const error = show.error ?? start.error;
  return (
    <form onSubmit={submit} key={begun === null ? 'begin' : 'confirm'}>
      <Stack>
        {error !== null && (
          <Alert color="red" variant="light" role="alert">
            {problem(error)}
          </Alert>
        )}
        {begun === null ? <BeginFields kind={kind} /> : <ConfirmFields begun={begun} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onBack}>
            {t('back')}
          </Button>
          <Button type="submit" loading={start.isPending || show.isPending}>
            {begun === null ? t('factor.go-on') : t('factor.finish')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function BeginFields({ kind }: { kind: FactorKind }) {
  const { t } = useText();
  return (
    <>
      <TextInput
        name="name"
        label={t('factor.name')}
        description={t('factor.name-says')}
        defaultValue={t(`factor.kind.${kind}`)}
        maxLength={120}
        required
        withAsterisk={false}
        data-autofocus
      />
      {kind === 'sms' && (
        <TextInput
          name="number"
          type="tel"
          label={t('factor.number')}
          description={t('factor.number-says')}
          placeholder="+46 70 123 45 67"
          pattern="\+[1-9][0-9 \-()]{6,24}"
          autoComplete="tel"
          required
          withAsterisk={false}
        />
      )}
    </>
  );
}

function ConfirmFields({ begun: { kind, totp } }: { begun: BegunFactor }) {
  const { t } = useText();
  return (
    <>
      {totp !== null && (
        <Stack gap="xs">
          <Text size="sm">{t('factor.scan')}</Text>
          <QrCode text={totp.uri} label={t('factor.qr')} />
          <Text size="sm" c="dimmed">
            {t('factor.secret')}{' '}
            <Text component="code" ff="monospace" style={{ overflowWrap: 'anywhere' }}>
              {totp.secret.replaceAll(/(.{4})/g, '$1 ').trim()}
            </Text>
          </Text>
        </Stack>
      )}
      <CodeField kind={kind === 'totp' ? 'totp' : 'sent'} />
    </>
  );
}
