import { Outlet, useNavigate, useParams } from '@tanstack/react-router';
import { useShortcut } from '../../shortcuts/index.ts';
import { useText } from '../../text/index.ts';
import { usePageTitle } from '../../ui/index.ts';
import { ConversationLists } from './conversation-lists.tsx';
import { useMine } from './queries.ts';
import { useOffer } from './use-offer.ts';
import classes from './workspace.module.css';

/** The lists beside the open conversation; on a phone one of both. */
export function WorkspacePage() {
  const { t } = useText();
  const { conversationId = null } = useParams({ strict: false });
  usePageTitle(t('workspace.title'));
  useListShortcuts(conversationId);

  return (
    <div className={classes.workspace} data-open={conversationId !== null || undefined}>
      <div className={classes.lists}>
        <ConversationLists />
      </div>
      <div className={classes.pane}>
        <Outlet />
      </div>
    </div>
  );
}

function useListShortcuts(openId: string | null): void {
  const navigate = useNavigate();
  const mine = useMine().data ?? [];
  const at = mine.findIndex((conversation) => conversation.id === openId);
  const offered = mine.filter((conversation) => conversation.state === 'offered');
  const offer = offered.find((conversation) => conversation.id === openId) ?? offered[0];
  const { accept } = useOffer(offer?.id ?? '');

  const open = (index: number) => {
    const conversation = mine[(index + mine.length) % mine.length];
    if (conversation === undefined) return;
    void navigate({ to: '/conversations/$conversationId', params: { conversationId: conversation.id } });
  };
  useShortcut('next', mine.length > 0 ? () => open(at + 1) : null);
  useShortcut('previous', mine.length > 0 ? () => open(at === -1 ? -1 : at - 1) : null);
  useShortcut('accept', offer === undefined ? null : () => void accept());
}
