import { Button, Group, Modal, NumberInput, Stack, Text, TextInput } from '@mantine/core';
import { inviteUser, type Invitation } from '@samtal/contract/users';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { CopyBlock, FormDialog, ReasonField } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';

interface InviteDialogProps {
  onClose: () => void;
  onOpenUser: (userId: string) => void;
}

/** Invites a person, then shows the one-time link. */
export function InviteDialog({ onClose, onOpenUser }: InviteDialogProps) {
  const { t } = useText();
  const account = useAccount();
  const queryClient = useQueryClient();
  const [email, setEmail] = useState('');
  const [name, setName] = useState('');
  const [limit, setLimit] = useState<number | string>(4);
  const [reason, setReason] = useState('');
  const [invitation, setInvitation] = useState<Invitation | null>(null);

  if (invitation !== null) {
    return (
      <InvitationLink
        invitation={invitation}
        onClose={() => {
          onClose();
          onOpenUser(invitation.user.id);
        }}
      />
    );
  }
  const invite = async () => {
    const body = { email: email.trim(), name: name.trim(), maxConversations: Number(limit), reason };
    setInvitation(await call(inviteUser, { params: { accountId: account.id }, body }));
    await queryClient.invalidateQueries({ queryKey: ['account', account.id, 'users'] });
  };
  return (
    <FormDialog opened title={t('user.invite')} action={t('user.invite')} onSubmit={invite} onClose={onClose}>
      <TextInput
        label={t('signin.email')}
        type="email"
        value={email}
        onChange={(event) => setEmail(event.currentTarget.value)}
        maxLength={254}
        autoComplete="off"
        required
        withAsterisk={false}
        data-autofocus
      />
      <TextInput
        label={t('name')}
        description={t('invitation.name-says')}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        maxLength={120}
        autoComplete="off"
        required
        withAsterisk={false}
      />
      <NumberInput
        label={t('user.limit')}
        description={t('user.limit-says')}
        value={limit}
        onChange={setLimit}
        min={1}
        max={50}
        allowDecimal={false}
        required
        withAsterisk={false}
      />
      <ReasonField value={reason} onChange={setReason} />
    </FormDialog>
  );
}

/** Shown once: the server keeps only the hash of the token. */
export function InvitationLink({ invitation, onClose }: { invitation: Invitation; onClose: () => void }) {
  const { t, formats } = useText();
  const link = new URL(invitation.link, window.location.origin).href;
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('invitation.link-title', { name: invitation.user.name })}
      size="lg"
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <Stack>
        <Text size="sm">
          {t('invitation.link-says', {
            name: invitation.user.name,
            at: formats.dateTime(invitation.expiresAt),
          })}
        </Text>
        <CopyBlock value={link} label={t('invitation.link')} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('invitation.link-done')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
