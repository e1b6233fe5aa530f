import { Alert, Button } from '@mantine/core';
import { IconBuilding } from '@tabler/icons-react';
import { findSignIn } from '@samtal/contract/federation';
import { useMutation } from '@tanstack/react-query';
import type { RefObject } from 'react';
import { call, useProblemText } from '../../api/index.ts';
import { useText } from '../../text/index.ts';

/** Where people of an address’s domain sign in, and whether there alone. */
export function useOrganisation() {
  return useMutation({ mutationFn: async (email: string) => await call(findSignIn, { body: { email } }) });
}

/** Leads to where people of the address’s domain sign in, if they have such a place. */
export function OrganisationSignIn({ email }: { email: RefObject<HTMLInputElement | null> }) {
  const { t } = useText();
  const problemText = useProblemText();
  const find = useOrganisation();
  const go = () => {
    const field = email.current;
    if (field?.reportValidity() !== true) return;
    find.mutate(field.value.trim(), {
      onSuccess: ({ signInUrl }) => {
        if (signInUrl !== null) window.location.assign(signInUrl);
      },
    });
  };
  const isUnknown = find.isSuccess && find.data.signInUrl === null;
  return (
    <>
      <Button
        variant="default"
        size="md"
        fullWidth
        leftSection={<IconBuilding size={18} aria-hidden="true" />}
        loading={find.isPending || (find.isSuccess && !isUnknown)}
        onClick={go}
      >
        {t('signin.organisation')}
      </Button>
      {(isUnknown || find.error !== null) && (
        <Alert role="alert" color="red" variant="light">
          {find.error === null ? t('signin.organisation-unknown') : problemText(find.error)}
        </Alert>
      )}
    </>
  );
}
