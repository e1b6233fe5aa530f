import {
  IconDeviceMobile,
  IconFingerprint,
  IconLifebuoy,
  IconMail,
  IconMessage,
  type Icon,
} from '@tabler/icons-react';
import type { FactorProof } from '@samtal/contract/signin';

export const factorIcons: Readonly<Record<FactorProof['kind'], Icon>> = {
  passkey: IconFingerprint,
  totp: IconDeviceMobile,
  sms: IconMessage,
  email: IconMail,
  recovery: IconLifebuoy,
};
