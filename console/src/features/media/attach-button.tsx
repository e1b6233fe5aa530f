import { ActionIcon, Tooltip } from '@mantine/core';
import { acceptOf, type FileRules } from '@samtal/contract/media';
import { IconPaperclip } from '@tabler/icons-react';
import { useRef } from 'react';
import { useText } from '../../text/index.ts';

interface AttachButtonProps {
  rules: FileRules;
  onFiles: (files: readonly File[]) => void;
}

export function AttachButton({ rules, onFiles }: AttachButtonProps) {
  const { t } = useText();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Tooltip label={t('files.attach')}>
        <ActionIcon size={36} aria-label={t('files.attach')} onClick={() => input.current?.click()}>
          <IconPaperclip size={19} />
        </ActionIcon>
      </Tooltip>
      <input
        ref={input}
        type="file"
        hidden
        multiple
        accept={acceptOf(rules.types)}
        onChange={({ currentTarget }) => {
          onFiles([...(currentTarget.files ?? [])]);
          currentTarget.value = '';
        }}
      />
    </>
  );
}
