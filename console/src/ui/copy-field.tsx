import { ActionIcon, Button, CopyButton, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useText } from '../text/index.ts';
import classes from './copy-field.module.css';

/** Copies a short value. `label` says what is copied. */
export function CopyIcon({ value, label }: { value: string; label: string }) {
  const { t } = useText();
  return (
    <CopyButton value={value} timeout={2000}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? t('copy.done') : label}>
          <ActionIcon aria-label={copied ? t('copy.done') : label} size="md" onClick={copy}>
            {copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  );
}

interface CopyBlockProps {
  value: string;
  label: string;
  /** `default` where copying is not the first thing to do. */
  variant?: 'filled' | 'default';
}

/** A longer value to copy, shown whole. */
export function CopyBlock({ value, label, variant = 'filled' }: CopyBlockProps) {
  const { t } = useText();
  return (
    <div className={classes.block}>
      <pre className={classes.value} role="group" aria-label={label}>
        {value}
      </pre>
      <CopyButton value={value} timeout={2000}>
        {({ copied, copy }) => (
          <Button
            variant={copied ? 'light' : variant}
            onClick={copy}
            leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
          >
            {copied ? t('copy.done') : t('copy.do')}
          </Button>
        )}
      </CopyButton>
    </div>
  );
}
