import { Alert, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import type { FactorKind, FactorProof, Ways } from '@samtal/contract/signin';
import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useText } from '../../text/index.ts';
import { factorIcons } from './factor-icons.ts';
import { OtherWay, OtherWays } from './other-ways.tsx';
import { showPasskey } from './passkeys.ts';
import { useFactorProblem } from './use-factor-problem.ts';

export interface ProofFormProps {
  ways: Ways;
  /** The word on the button that shows it. */
  action: string;
  sendCode: (factorId: string) => Promise<unknown>;
  /** What the browser is to be asked for. */
  askForPasskey: () => Promise<{ options: Record<string, unknown> }>;
  /** Rejects when it was refused. */
  prove: (proof: FactorProof) => Promise<unknown>;
  onCancel?: () => void;
}

/** One way of showing that it is them; recovery codes are of nobody’s making. */
type Way = Ways['factors'][number] | { id: 'recovery'; kind: 'recovery'; name: ''; ending: null };

const recovery: Way = { id: 'recovery', kind: 'recovery', name: '', ending: null };

/** Lets somebody show that it is them by what they have: the strongest first, and whatever else there is beside it. */
export function ProofForm({ ways, ...props }: ProofFormProps) {
  const { t } = useText();
  const all = waysOf(ways);
  const [chosen, setChosen] = useState<string | null>(null);
  const way = all.find(({ id }) => id === chosen) ?? all[0];
  if (way === undefined) return null;
  const others = all.filter(({ id }) => id !== way.id);
  return (
    <Stack>
      <OneWay key={way.id} way={way} {...props} />
      {others.length > 0 && (
        <OtherWays>
          {others.map((other) => (
            <OtherWay key={other.id} onClick={() => setChosen(other.id)}>
              {wordsOf(t, other)}
            </OtherWay>
          ))}
        </OtherWays>
      )}
    </Stack>
  );
}

/** All passkeys are one way: the browser knows which it has. */
function waysOf({ factors, recovery: hasRecovery }: Ways): Way[] {
  const order: FactorKind[] = ['passkey', 'totp', 'sms', 'email'];
  const passkey = factors.find(({ kind }) => kind === 'passkey');
  const app = factors.find(({ kind }) => kind === 'totp');
  const sent = factors.filter(({ kind }) => kind === 'sms' || kind === 'email');
  const all = [passkey, app, ...sent].filter((way) => way !== undefined);
  const sorted = all.toSorted((one, other) => order.indexOf(one.kind) - order.indexOf(other.kind));
  return hasRecovery ? [...sorted, recovery] : sorted;
}

function wordsOf(t: ReturnType<typeof useText>['t'], { kind, ending }: Way): string {
  return kind === 'sms' && ending !== null ? t('factor.way.sms', { ending }) : t(`factor.way.${kind}`);
}

type CodeKind = Exclude<FactorProof['kind'], 'passkey'>;
type OneWayProps = Omit<ProofFormProps, 'ways'> & { way: Way };

function OneWay(props: OneWayProps) {
  const { kind } = props.way;
  return kind === 'passkey' ? <PasskeyWay {...props} /> : <CodeWay {...props} kind={kind} />;
}

function PasskeyWay({ action, askForPasskey, prove, onCancel }: OneWayProps) {
  const { t } = useText();
  const problem = useFactorProblem();
  const Icon = factorIcons.passkey;
  const show = useMutation({
    mutationFn: async () => {
      const { options } = await askForPasskey();
      await prove({ kind: 'passkey', answer: await showPasskey(options) });
    },
  });
  return (
    <Stack>
      <Text size="sm">{t('factor.passkey-says')}</Text>
      {show.error !== null && <Problem text={problem(show.error)} />}
      <Buttons onCancel={onCancel}>
        <Button
          leftSection={<Icon size={18} aria-hidden="true" />}
          loading={show.isPending}
          onClick={() => show.mutate()}
          data-autofocus
        >
          {t('factor.use-passkey', { action })}
        </Button>
      </Buttons>
    </Stack>
  );
}

function CodeWay({ way, kind, action, sendCode, prove, onCancel }: OneWayProps & { kind: CodeKind }) {
  const { t } = useText();
  const problem = useFactorProblem();
  const { id } = way;
  const isSent = kind === 'sms' || kind === 'email';
  const send = useMutation({ mutationFn: async () => await sendCode(id) });
  const show = useMutation({
    mutationFn: async (code: string) => await prove(proofOf(kind, code)),
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    // The form may stand in a dialog that is part of another form of React’s tree: that one is not sent.
    event.stopPropagation();
    const code = new FormData(event.currentTarget).get('code');
    show.mutate(typeof code === 'string' ? code.trim() : '');
  };
  const error = show.error ?? send.error;
  if (isSent && !send.isSuccess)
    return (
      <Stack>
        <Text size="sm">{kind === 'sms' ? t('factor.sms-says') : t('factor.email-says')}</Text>
        {send.error !== null && <Problem text={problem(send.error)} />}
        <Buttons onCancel={onCancel}>
          <Button loading={send.isPending} onClick={() => send.mutate()} data-autofocus>
            {wordsOf(t, way)}
          </Button>
        </Buttons>
      </Stack>
    );
  return (
    <form onSubmit={submit}>
      <Stack>
        {error !== null && <Problem text={problem(error)} />}
        <CodeField kind={kind === 'recovery' ? 'recovery' : kind === 'totp' ? 'totp' : 'sent'} />
        <Buttons onCancel={onCancel}>
          {isSent && (
            <Button variant="default" loading={send.isPending} onClick={() => send.mutate()}>
              {t('factor.send-again')}
            </Button>
          )}
          <Button type="submit" loading={show.isPending}>
            {action}
          </Button>
        </Buttons>
      </Stack>
    </form>
  );
}

function proofOf(kind: CodeKind, code: string): FactorProof {
  return kind === 'recovery' ? { kind, code } : { kind, code: code.replaceAll(/\s/g, '') };
}

/** Where a code is typed, or filled in by the telephone. */
export function CodeField({ kind }: { kind: 'totp' | 'sent' | 'recovery' }) {
  const { t } = useText();
  const isRecovery = kind === 'recovery';
  return (
    <TextInput
      name="code"
      label={isRecovery ? t('factor.recovery-code') : t('factor.code')}
      description={t(`factor.code-says.${kind}`)}
      autoComplete="one-time-code"
      inputMode={isRecovery ? 'text' : 'numeric'}
      pattern={isRecovery ? '[A-Za-z0-9 \\-]{10,30}' : '\\s*[0-9]{3}\\s?[0-9]{3}\\s*'}
      maxLength={isRecovery ? 30 : 10}
      spellCheck={false}
      required
      withAsterisk={false}
      data-autofocus
      autoFocus
    />
  );
}

function Problem({ text }: { text: string }) {
  return (
    <Alert color="red" variant="light" role="alert">
      {text}
    </Alert>
  );
}

function Buttons({ onCancel, children }: { onCancel: (() => void) | undefined; children: ReactNode }) {
  const { t } = useText();
  return (
    <Group justify="flex-end">
      {onCancel !== undefined && (
        <Button variant="default" onClick={onCancel}>
          {t('cancel')}
        </Button>
      )}
      {children}
    </Group>
  );
}
