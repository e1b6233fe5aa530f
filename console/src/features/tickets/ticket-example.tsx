import { Stack, Text, Title } from '@mantine/core';
import { ticketType } from '@samtal/contract/tickets';
import { useText } from '../../text/index.ts';
import { CopyBlock } from '../../ui/index.ts';

/** What the organisation’s own server and its pages do, to be copied. */
export function TicketExample({ siteKey, kid }: { siteKey: string; kid: string | null }) {
  const { t } = useText();
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
      <Piece title={t('tickets.example-key')} code={makingKey} />
      <Piece title={t('tickets.example-server')} code={serverCode(siteKey, kid ?? 'KID')} />
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
      <CopyBlock value={code} label={title} />
    </div>
  );
}

const makingKey = `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ticket-key.pem
openssl pkey -in ticket-key.pem -pubout`;

const serverCode = (
  siteKey: string,
  kid: string,
) => `import { randomUUID, createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { SignJWT } from 'jose';

const key = createPrivateKey(readFileSync('ticket-key.pem'));

// POST /samtal-ticket, for whoever is signed in here
app.post('/samtal-ticket', requireSignedIn, async (request, response) => {
  const ticket = await new SignJWT({ nonce: request.body.challenge })
    .setProtectedHeader({ alg: 'ES256', kid: '${kid}', typ: '${ticketType}' })
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
