import { Stack, Text, Title } from '@mantine/core';
import { ticketType, type TicketAlgorithm, type TicketKey } from '@samtal/contract/tickets';
import { useText } from '../../text/index.ts';
import { CopyBlock } from '../../ui/index.ts';

interface TicketExampleProps {
  siteKey: string;
  /** The one that tickets are to be signed with; null where there is none yet. */
  ticketKey: TicketKey | null;
}

/** What the organisation’s own server and its pages do, to be copied. */
export function TicketExample({ siteKey, ticketKey }: TicketExampleProps) {
  const { t } = useText();
  const { algorithm, kid } = ticketKey ?? { algorithm: 'ES256', kid: 'KID' };
  return (
    <Stack mt="xl" gap="lg">
      <div>
        <Title order={2} size="h4">
          {t('tickets.example')}
        </Title>
        <Text size="sm" c="dimmed">
          {t('tickets.example-says')}
        </Text>
      </div>
      <Piece title={t('tickets.example-key')} code={makingKey(algorithm)} />
      <Piece title={t('tickets.example-server')} code={serverCode({ siteKey, algorithm, kid })} />
      <Piece title={t('tickets.example-page')} code={pageCode} />
    </Stack>
  );
}

function Piece({ title, code }: { title: string; code: string }) {
  return (
    <div>
      <Text size="sm" fw={600} mb={6}>
        {title}
      </Text>
      <CopyBlock value={code} label={title} variant="default" />
    </div>
  );
}

const opensslAlgorithms: Readonly<Record<TicketAlgorithm, string>> = {
  ES256: 'EC -pkeyopt ec_paramgen_curve:P-256',
  EdDSA: 'ED25519',
};
const makingKey = (
  algorithm: TicketAlgorithm,
) => `openssl genpkey -algorithm ${opensslAlgorithms[algorithm]} -out ticket-key.pem
openssl pkey -in ticket-key.pem -pubout`;

const serverCode = ({
  siteKey,
  algorithm,
  kid,
}: Record<
  'siteKey' | 'algorithm' | 'kid',
  string
>) => `import { randomUUID, createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { SignJWT } from 'jose';

const key = createPrivateKey(readFileSync('ticket-key.pem'));

// POST /samtal-ticket, for whoever is signed in here
app.post('/samtal-ticket', requireSignedIn, async (request, response) => {
  const ticket = await new SignJWT({ nonce: request.body.challenge })
    .setProtectedHeader({ alg: '${algorithm}', kid: '${kid}', typ: '${ticketType}' })
    .setSubject(request.user.customerId)
    .setAudience('${siteKey}')
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime('60s')
    .sign(key);
  response.set('cache-control', 'no-store').send(ticket);
});`;

const pageCode = `async function ticket(challenge) {
  const response = await fetch('/samtal-ticket', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ challenge }),
  });
  if (!response.ok) throw new Error('not signed in');
  return await response.text();
}
const begin = () => Samtal.authenticate(ticket);
if (window.Samtal) begin();
else window.addEventListener('samtal:ready', begin);

// When somebody signs out: await Samtal.shutdown();`;
