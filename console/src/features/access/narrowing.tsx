import { Button, Group } from '@mantine/core';
import type { Scope } from '@samtal/contract/access';
import { useState } from 'react';
import { useText } from '../../text/index.ts';
import { ScopeEditor } from './scope-editor.tsx';

interface NarrowingProps {
  scope: Scope;
  onChange: (scope: Scope) => void;
}

/** Where a role holds: everywhere, until somebody asks to narrow it. */
export function Narrowing({ scope, onChange }: NarrowingProps) {
  const { t } = useText();
  const [isOpen, setOpen] = useState(Object.keys(scope).length > 0);
  if (isOpen) return <ScopeEditor scope={scope} onChange={onChange} />;
  return (
    <Group>
      <Button variant="subtle" size="xs" ms="-0.875rem" onClick={() => setOpen(true)}>
        {t('grant.narrow')}
      </Button>
    </Group>
  );
}
