import { Button, Group, Loader, Stack, Text } from '@mantine/core';
import {
  elevate,
  getElevationWays,
  sendElevationCode,
  startElevationByPasskey,
} from '@samtal/contract/signin';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { call } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { ErrorState } from '../../ui/index.ts';
import { ProofForm } from '../factors/index.ts';
import { PasswordElevation } from './password-elevation.tsx';

interface ElevationFormProps {
  /** Whether it is about the own signing in, for which less will do as long as there is nothing better. */
  ownSignIn: boolean;
  /** Leads back to the identity provider that began the session, where one did. */
  onProvider: (() => void) | null;
  onElevated: (elevatedUntil: string) => void;
  onCancel: () => void;
}

/** By what the person has; by the password where they have nothing and their accounts let it. */
export function ElevationForm({ ownSignIn, onProvider, onElevated, onCancel }: ElevationFormProps) {
  const { t } = useText();
  const ways = useQuery({
    queryKey: ['session-elevation'],
    queryFn: async () => await call(getElevationWays),
    // What somebody has may have changed a moment ago.
    staleTime: 0,
    gcTime: 0,
  });
  if (ways.error !== null) return <ErrorState error={ways.error} onRetry={() => void ways.refetch()} />;
  if (ways.data === undefined) return <Loader aria-label={t('loading')} />;
  const { password, ...others } = ways.data;
  if (others.factors.length > 0)
    return (
      <ProofForm
        ways={others}
        action={t('elevation.confirm')}
        sendCode={async (factorId) => await call(sendElevationCode, { body: { factorId } })}
        askForPasskey={async () => await call(startElevationByPasskey)}
        prove={async (proof) => onElevated((await call(elevate, { body: proof })).elevatedUntil)}
        onCancel={onCancel}
      />
    );
  // Such a session adds no factors, which would reach every account of the person: the profile is no help.
  if (onProvider !== null)
    return (
      <Stack>
        <Text size="sm">{t('elevation.own-factor-none')}</Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            {t('cancel')}
          </Button>
          <Button onClick={onProvider} data-autofocus>
            {t('elevation.provider-after-all')}
          </Button>
        </Group>
      </Stack>
    );
  const isEnough = password === 'sensitive' || (ownSignIn && password === 'own-sign-in');
  if (isEnough) return <PasswordElevation onElevated={onElevated} onCancel={onCancel} />;
  return (
    <Stack>
      <Text size="sm">{t('elevation.factor-needed')}</Text>
      <Group justify="flex-end">
        <Button variant="default" onClick={onCancel}>
          {t('cancel')}
        </Button>
        <Button component={Link} to="/profile" onClick={onCancel} data-autofocus>
          {t('elevation.add-factor')}
        </Button>
      </Group>
    </Stack>
  );
}
