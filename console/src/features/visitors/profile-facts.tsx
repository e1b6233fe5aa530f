import { Skeleton, Tooltip, UnstyledButton } from '@mantine/core';
import { conversationOf, type Conversation } from '@samtal/contract/conversations';
import { IconUserCheck, IconUserQuestion } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useText } from '../../text/index.ts';
import { CopyIcon, ToneBadge } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { useLive } from '../realtime/index.ts';
import { useSession } from '../signin/index.ts';
import { profileQuery, useAttributes } from './queries.ts';
import classes from './profile-facts.module.css';

/** What is known about the visitor, for those who may see it; nothing where the account declares nothing. */
export function ProfileFacts({ conversation }: { conversation: Conversation }) {
  const account = useAccount();
  const session = useSession();
  const attributes = useAttributes();
  const isOwn = conversation.agentId === session?.user.id && conversation.state !== 'waiting';
  const mayRead = isOwn || account.can('visitors.read');
  if (!mayRead || (attributes.data ?? []).length === 0) return null;
  return <Facts conversationId={conversation.id} />;
}

function Facts({ conversationId }: { conversationId: string }) {
  const { t, formats } = useText();
  const account = useAccount();
  const live = useLive();
  const queryClient = useQueryClient();
  const query = profileQuery(account.id, conversationId);
  const profile = useQuery(query);

  useEffect(
    () =>
      live.onArrival((stream, entries) => {
        if (conversationOf(stream) === conversationId && entries.some(({ kind }) => kind === 'profile'))
          void queryClient.invalidateQueries({
            queryKey: profileQuery(account.id, conversationId).queryKey,
          });
      }),
    [live, queryClient, account.id, conversationId],
  );

  return (
    <section className={classes.profile} aria-labelledby="profile-title">
      <h3 id="profile-title" className={classes.title}>
        {t('details.profile')}
      </h3>
      {profile.isLoading && <Skeleton height={40} aria-label={t('loading')} />}
      {profile.error !== null && profile.data === undefined && (
        <p className={classes.none}>{t('details.profile-failed')}</p>
      )}
      {profile.data !== undefined && (
        <p className={classes.identity} data-verified={profile.data.verifiedAt !== null}>
          {profile.data.verifiedAt === null ? (
            <>
              <IconUserQuestion size={18} aria-hidden /> {t('details.unverified')}
            </>
          ) : (
            <>
              <IconUserCheck size={18} aria-hidden />{' '}
              {t('details.verified', { at: formats.dateTime(profile.data.verifiedAt) })}
            </>
          )}
        </p>
      )}
      {profile.data?.items.length === 0 && <p className={classes.none}>{t('details.no-profile')}</p>}
      {profile.data !== undefined && profile.data.items.length > 0 && (
        <dl className={classes.facts} aria-live="polite">
          {profile.data.items.map(({ key, label, purpose, value, setAt, verified }) => (
            <div key={key}>
              <dt>
                <Tooltip
                  label={t('details.purpose', { purpose })}
                  events={{ hover: true, focus: true, touch: true }}
                  multiline
                  maw="18rem"
                  withArrow
                >
                  <UnstyledButton className={classes.label}>{label}</UnstyledButton>
                </Tooltip>
              </dt>
              <dd title={formats.dateTime(setAt)}>
                <bdi>{value}</bdi> <CopyIcon value={value} label={t('details.copy', { name: label })} />
                <span className={classes.source}>
                  <ToneBadge tone={verified ? 'good' : 'neutral'}>
                    {t(verified ? 'details.value-verified' : 'details.value-said')}
                  </ToneBadge>
                </span>
              </dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}
