import type { Country } from './secrets.ts';

/** How people of one language write around a number: `{}` is its place. A missing word falls back on `any`. */
export interface Templates {
  readonly country: Country;
  /** Around something secret, whatever it is. */
  readonly secret: readonly string[];
  readonly card: readonly string[];
  /** Around something that only looks so, by what it is. */
  readonly order: readonly string[];
  readonly tracking: readonly string[];
  readonly invoice: readonly string[];
  readonly case: readonly string[];
  readonly timestamp: readonly string[];
  readonly amount: readonly string[];
  readonly version: readonly string[];
  readonly product: readonly string[];
}

/** Around a secret in every language: alone as an answer, in a list, in what programs write. */
export const everywhere = ['{}', '{}.', '({})', '– {}', 'x\n{}\ny', '"{}"', '{}, {}', '<b>{}</b>'];

export const locales: Readonly<Record<string, Templates>> = {
  sv: {
    country: 'SE',
    secret: ['Hej! Det är {}', 'mitt är {} tack', 'Jag heter Åsa och har {}, går det bra?'],
    card: ['Kortet är {} och det går ut 12/29', 'mitt kortnummer: {}'],
    order: ['Ordernummer {}', 'Min beställning {} har inte kommit'],
    tracking: ['Spårningsnummer {}', 'Paketet {} är borta'],
    invoice: ['Faktura {} är fel', 'fakturanummer: {}'],
    case: ['Ärende {} är öppet', 'mitt ärendenummer är {}'],
    timestamp: ['Det hände {}', 'loggen säger {}'],
    amount: ['Jag har betalat {}', 'Det kostar {}'],
    version: ['Jag kör version {}', 'appen v{}'],
    product: ['Artikel {} saknas', 'artikelnummer {}'],
  },
  no: {
    country: 'NO',
    secret: ['Hei, det er {}', 'Jeg har {} som vanlig', 'nummeret mitt: {}'],
    card: ['Kortet mitt er {}', 'kortnummer {} utløper 11/28'],
    order: ['Ordrenummer {}', 'Bestillingen {} kom aldri'],
    tracking: ['Sporingsnummer {}', 'Pakken {} er borte'],
    invoice: ['Faktura {} er feil', 'fakturanr. {}'],
    case: ['Referanse {}', 'saken har ref {}'],
    timestamp: ['Det skjedde {}', 'loggen viser {}'],
    amount: ['Jeg betalte {}', 'Det koster {}'],
    version: ['versjon {}', 'appen v{}'],
    product: ['Artikkel {} mangler', 'serienummer {}'],
  },
  da: {
    country: 'DK',
    secret: ['Hej, det er {}', 'mit er {} hvis det hjælper', 'Jeg skriver {} her'],
    card: ['Mit kort er {}', 'kortnummer: {}'],
    order: ['Ordrenummer {}', 'Bestilling {} mangler'],
    tracking: ['Pakke {} er væk', 'track and trace {}'],
    invoice: ['Faktura {} er forkert', 'fakturanummer {}'],
    case: ['Reference {}', 'sagen har ref. {}'],
    timestamp: ['Det skete {}', 'loggen siger {}'],
    amount: ['Jeg har betalt {}', 'Det koster {}'],
    version: ['version {}', 'appen v{}'],
    product: ['Artikel {} mangler', 'serienummer {}'],
  },
  fi: {
    country: 'FI',
    secret: ['Hei, se on {}', 'tässä: {} kiitos', 'Minulla on {} eikä muuta'],
    card: ['Korttini on {}', 'kortin numero {}'],
    order: ['Tilausnumero {}', 'Tilaus {} ei tullut'],
    tracking: ['Lähetystunnus {}', 'paketti {} puuttuu'],
    invoice: ['Lasku {} on väärin', 'laskun numero {}'],
    case: ['Ref {}', 'ticket {}'],
    timestamp: ['Se tapahtui {}', 'lokissa lukee {}'],
    amount: ['Maksoin {}', 'Se maksaa {}'],
    version: ['versio {}', 'sovellus v{}'],
    product: ['Serial {}', 'SKU {}'],
  },
  de: {
    country: 'DE',
    secret: ['Guten Tag, es ist {}', 'ich habe {} bekommen', 'Meine Angaben: {}, danke'],
    card: ['Meine Karte ist {}', 'Kartennummer {}, gültig bis 10/30'],
    order: ['Bestellnummer {}', 'Meine Bestellung {} fehlt'],
    tracking: ['Paket {} ist weg', 'Paketnummer {}'],
    invoice: ['Rechnung {} stimmt nicht', 'Rechnungsnummer: {}'],
    case: ['Ticket {}', 'Referenz {}'],
    timestamp: ['Es passierte {}', 'im Log steht {}'],
    amount: ['Ich habe {} bezahlt', 'Das kostet {}'],
    version: ['Version {}', 'App v{}'],
    product: ['Artikel {} fehlt', 'Artikelnummer {}'],
  },
  fr: {
    country: 'FR',
    secret: ['Bonjour, c’est {}', 'voici : {} merci', 'J’ai toujours {} chez vous'],
    card: ['Ma carte est {}', 'numéro de carte : {}'],
    order: ['Commande {}', 'Ma commande numéro {} n’est pas arrivée'],
    tracking: ['Colis {}', 'Mon colis {} est perdu'],
    invoice: ['Facture {}', 'La facture n° {} est fausse'],
    case: ['Référence {}', 'ticket n° {}'],
    timestamp: ['C’est arrivé {}', 'le journal dit {}'],
    amount: ['J’ai payé {}', 'Cela coûte {}'],
    version: ['version {}', 'appli v{}'],
    product: ['Article, référence {}', 'numéro de série {}'],
  },
  es: {
    country: 'ES',
    secret: ['Hola, es {}', 'aquí está: {} gracias', 'Tengo {} desde siempre'],
    card: ['Mi tarjeta es {}', 'número de tarjeta {}'],
    order: ['Pedido {}', 'Mi pedido número {} no llegó'],
    tracking: ['Paquete {}', 'El paquete {} se perdió'],
    invoice: ['Factura {}', 'La factura {} está mal'],
    case: ['Referencia {}', 'ticket {}'],
    timestamp: ['Pasó el {}', 'el registro dice {}'],
    amount: ['Pagué {}', 'Cuesta {}'],
    version: ['versión {}', 'app v{}'],
    product: ['Número de serie {}', 'ref. {}'],
  },
  it: {
    country: 'IT',
    secret: ['Salve, è {}', 'ecco: {} grazie', 'Ho sempre avuto {} da voi'],
    card: ['La mia carta è {}', 'numero carta {}'],
    order: ['Ordine {}', 'Il mio ordine {} non è arrivato'],
    tracking: ['Pacco {}', 'Il pacco {} è perso'],
    invoice: ['Fattura {}', 'La fattura {} è sbagliata'],
    case: ['Riferimento {}', 'ticket {}'],
    timestamp: ['È successo {}', 'il log dice {}'],
    amount: ['Ho pagato {}', 'Costa {}'],
    version: ['versione {}', 'app v{}'],
    product: ['Numero di serie {}', 'Articolo, ref {}'],
  },
  nl: {
    country: 'NL',
    secret: ['Hallo, het is {}', 'hier: {} bedankt', 'Ik heb {} gekregen'],
    card: ['Mijn kaart is {}', 'kaartnummer {}'],
    order: ['Ordernummer {}', 'Mijn bestelling {} is er niet'],
    tracking: ['Pakket {}', 'Zending {} is kwijt'],
    invoice: ['Factuur {}', 'Factuurnummer {} klopt niet'],
    case: ['Referentie {}', 'ticket {}'],
    timestamp: ['Het gebeurde {}', 'het logboek zegt {}'],
    amount: ['Ik betaalde {}', 'Het kost {}'],
    version: ['versie {}', 'app v{}'],
    product: ['Artikel {} ontbreekt', 'serienummer {}'],
  },
  pl: {
    country: 'PL',
    secret: ['Dzień dobry, to {}', 'proszę: {} dziękuję', 'Mam {} od dawna'],
    card: ['Moja karta to {}', 'numer karty {}'],
    order: ['Zamówienie {}', 'Numer zamówienia: {}'],
    tracking: ['Paczka {}', 'Paczka nr {} zaginęła'],
    invoice: ['Faktura {}', 'Faktura nr {} jest zła'],
    case: ['Referencja {}', 'ticket {}'],
    timestamp: ['To było {}', 'w logu jest {}'],
    amount: ['Zapłaciłem {}', 'To kosztuje {}'],
    version: ['wersja {}', 'aplikacja v{}'],
    product: ['Numer serii, serial {}', 'SKU {}'],
  },
  'en-GB': {
    country: 'GB',
    secret: ['Hello, it is {}', 'here you are: {} thanks', 'I still have {} with you'],
    card: ['My card is {}', 'card number {}, expires 09/29'],
    order: ['Order {}', 'my order number is {}'],
    tracking: ['Tracking number {}', 'Parcel {} is lost'],
    invoice: ['Invoice {}', 'the invoice {} is wrong'],
    case: ['Case {}', 'reference {}'],
    timestamp: ['It happened {}', 'the log says {}'],
    amount: ['I paid {}', 'It costs {}'],
    version: ['version {}', 'app v{}'],
    product: ['Item {}', 'serial number {}'],
  },
  'en-US': {
    country: 'US',
    secret: ['Hi, it’s {}', 'sure: {} thank you', 'I have {} on file'],
    card: ['My credit card is {}', 'card # {}'],
    order: ['Order #{}', 'order number {}'],
    tracking: ['Tracking number {}', 'my shipment {} is lost'],
    invoice: ['Invoice {}', 'invoice #{}'],
    case: ['Case #{}', 'ticket {}'],
    timestamp: ['It happened at {}', 'log line {}'],
    amount: ['I paid {}', 'it costs {}'],
    version: ['Version {}', 'build {}'],
    product: ['Item {}', 'SKU {}'],
  },
};
