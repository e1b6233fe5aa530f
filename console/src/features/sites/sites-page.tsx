import { ActionIcon, Button, ColorSwatch, Modal, Stack, Text } from '@mantine/core';
import { deleteSite, type Site } from '@samtal/contract/sites';
import { IconCode, IconPencil, IconPlus, IconTrash, IconUserCheck, IconWorld } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { ConfirmDialog, CopyBlock, EmptyState, Page, Row, Rows, ToneBadge } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { useQueues } from '../routing/index.ts';
import { sitesQuery, useSites } from './queries.ts';
import { SiteDialog } from './site-dialog.tsx';

/** `new`: a site that is not there yet. */
type Editing = Site | 'new' | null;

export function SitesPage() {
  const { t } = useText();
  const account = useAccount();
  const queryClient = useQueryClient();
  const sites = useSites();
  const [editing, setEditing] = useState<Editing>(null);
  const [removing, setRemoving] = useState<Site | null>(null);
  const [embedding, setEmbedding] = useState<Site | null>(null);
  const mayManage = account.can('sites.manage');
  const refresh = () => queryClient.invalidateQueries({ queryKey: sitesQuery(account.id).queryKey });

  const add = mayManage ? (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setEditing('new')}>
      {t('site.add')}
    </Button>
  ) : null;
  const remove = async (reason: string) => {
    if (removing === null) return;
    await call(deleteSite, { params: { accountId: account.id, siteId: removing.id }, body: { reason } });
    await refresh();
  };
  return (
    <Page title={t('admin.sites')} says={t('site.says')} actions={add}>
      <Rows
        query={sites}
        label={t('admin.sites')}
        isEmpty={sites.data?.length === 0}
        empty={<EmptyState icon={IconWorld} title={t('site.none')} says={t('site.none-says')} action={add} />}
      >
        {sites.data?.map((site) => (
          <SiteRow
            key={site.id}
            site={site}
            onEmbed={() => setEmbedding(site)}
            onChange={mayManage ? () => setEditing(site) : null}
            onDelete={mayManage ? () => setRemoving(site) : null}
          />
        ))}
      </Rows>
      {editing !== null && (
        <SiteDialog
          site={editing === 'new' ? null : editing}
          onSaved={async (site) => {
            await refresh();
            if (editing === 'new') setEmbedding(site);
          }}
          onClose={() => setEditing(null)}
        />
      )}
      <EmbedDialog site={embedding} onClose={() => setEmbedding(null)} />
      <ConfirmDialog
        opened={removing !== null}
        title={t('site.delete-title', { name: removing?.name ?? '' })}
        says={t('site.delete-says')}
        action={t('delete')}
        danger
        asksReason
        onConfirm={remove}
        onClose={() => setRemoving(null)}
      />
    </Page>
  );
}

interface SiteRowProps {
  site: Site;
  onEmbed: () => void;
  /** Null for those who may only look. */
  onChange: (() => void) | null;
  onDelete: (() => void) | null;
}

function SiteRow({ site, onEmbed, onChange, onDelete }: SiteRowProps) {
  const { t } = useText();
  const queue = useQueues().data?.find((each) => each.id === site.queueId);
  return (
    <Row
      title={
        <>
          <ColorSwatch color={site.accentColour} size={14} withShadow={false} /> {site.name}
        </>
      }
      says={site.origins.length === 0 ? t('site.no-origins') : site.origins.join(', ')}
      badges={
        <>
          {queue !== undefined && (
            <ToneBadge tone="neutral">{t('site.queue-is', { name: queue.name })}</ToneBadge>
          )}
          {site.origins.length === 0 && <ToneBadge tone="warning">{t('site.runs-nowhere')}</ToneBadge>}
        </>
      }
      actions={
        <>
          <ActionIcon aria-label={t('site.embed-of', { name: site.name })} onClick={onEmbed}>
            <IconCode size={18} />
          </ActionIcon>
          <ActionIcon
            renderRoot={(props) => (
              <Link to="/admin/sites/$siteId/tickets" params={{ siteId: site.id }} {...props} />
            )}
            aria-label={t('tickets.title-of', { name: site.name })}
          >
            <IconUserCheck size={18} />
          </ActionIcon>
          {onChange !== null && (
            <ActionIcon aria-label={t('change.of', { name: site.name })} onClick={onChange}>
              <IconPencil size={18} />
            </ActionIcon>
          )}
          {onDelete !== null && (
            <ActionIcon aria-label={t('delete.of', { name: site.name })} onClick={onDelete}>
              <IconTrash size={18} />
            </ActionIcon>
          )}
        </>
      }
    />
  );
}

/** The one line that puts the chat on a web site. */
function EmbedDialog({ site, onClose }: { site: Site | null; onClose: () => void }) {
  const { t } = useText();
  const snippet = `<script async src="${window.location.origin}/widget.js" data-site="${site?.siteKey ?? ''}"></script>`;
  return (
    <Modal
      opened={site !== null}
      onClose={onClose}
      size="lg"
      title={t('site.embed-of', { name: site?.name ?? '' })}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <Stack>
        <Text size="sm">{t('site.embed-says')}</Text>
        <CopyBlock value={snippet} label={t('site.snippet')} />
        {site?.origins.length === 0 && (
          <Text size="sm" c="var(--s-warning-text)">
            {t('site.embed-no-origins')}
          </Text>
        )}
      </Stack>
    </Modal>
  );
}
