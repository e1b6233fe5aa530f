import { IconMessageCircle } from '@tabler/icons-react';
import { KeyCaps } from '../../shortcuts/index.ts';
import { useText } from '../../text/index.ts';
import { EmptyState } from '../../ui/index.ts';
import classes from './conversation.module.css';

export function NothingOpen() {
  const { t } = useText();
  return (
    <div className={classes.nothing}>
      <EmptyState
        icon={IconMessageCircle}
        title={t('nothing-open.title')}
        says={t('nothing-open.says')}
        action={
          <p className={classes.hint}>
            <KeyCaps keys="?" /> {t('nothing-open.shortcuts')}
          </p>
        }
      />
    </div>
  );
}
