import type { BuiltInRole } from '@samtal/contract/access';
import type { NewCannedReply } from './features/canned-replies/index.ts';

/** An invented municipality. Its people have addresses in a domain that nobody can own (RFC 2606). */
export const demoAccountName = 'Almviks kommun';

export const demoPeople: readonly { email: string; name: string; roles: readonly BuiltInRole[] }[] = [
  { email: 'ingrid.almqvist@almvik.example', name: 'Ingrid Almqvist', roles: ['administrator'] },
  { email: 'sara.lindgren@almvik.example', name: 'Sara Lindgren', roles: ['agent', 'supervisor'] },
  { email: 'johan.berg@almvik.example', name: 'Johan Berg', roles: ['agent'] },
  { email: 'dag.nordin@almvik.example', name: 'Dag Nordin', roles: ['privacy-officer'] },
];

/** The first one is where the demo site’s conversations go. */
/** Each in a team of the name. */
export const demoQueues: readonly { name: string; team: string }[] = [
  { name: 'Medborgarservice', team: 'Kontaktcenter' },
  { name: 'Bygglov', team: 'Samhällsbyggnad' },
];

export const demoSiteName = 'almvik.example';

export const demoReplies: readonly NewCannedReply[] = [
  {
    shortcut: 'hej',
    text: 'Hej {{visitor}}! Du chattar med {{agent}} på Almviks kommun. Vad kan jag hjälpa dig med?',
  },
  {
    shortcut: 'hello',
    text: 'Hello {{visitor}}! You are chatting with {{agent}} at Almvik. How can I help you?',
  },
  {
    shortcut: 'vänta',
    text: 'Jag kollar upp det här åt dig. Det tar ett par minuter, och du kan vänta kvar i chatten.',
  },
  {
    shortcut: 'wait',
    text: 'Let me look into this for you. It will take a few minutes; please stay in the chat.',
  },
  {
    shortcut: 'bygglov',
    text: 'Ett bygglov tar normalt tio veckor från det att ansökan är komplett. Du ansöker i vår e-tjänst och behöver en situationsplan, en planritning och en fasadritning.',
  },
  {
    shortcut: 'building-permit',
    text: 'A building permit normally takes ten weeks from the day your application is complete. You need a site plan, a floor plan and an elevation drawing.',
  },
  {
    shortcut: 'avfall',
    text: 'Återvinningscentralen på Hamnvägen 4 har öppet måndag till fredag 10–18 och lördag 9–15. Tömning av kärl sker varannan vecka.',
  },
  {
    shortcut: 'förskola',
    text: 'Du kan söka plats i förskola tidigast sex månader innan barnet ska börja. Vi erbjuder en plats inom fyra månader.',
  },
  {
    shortcut: 'personnummer',
    text: 'Skriv inte ditt personnummer eller andra känsliga uppgifter i chatten. Vi behöver dem inte för att svara på din fråga.',
  },
  {
    shortcut: 'ärende',
    text: 'Ditt ärende har nummer {{case}}. Hänvisa gärna till det om du hör av dig igen.',
  },
  { shortcut: 'hejdå', text: 'Tack för att du kontaktade oss! Jag avslutar chatten nu. Ha en fin dag!' },
  { shortcut: 'bye', text: 'Thank you for contacting us! I am closing the chat now. Have a nice day!' },
];
