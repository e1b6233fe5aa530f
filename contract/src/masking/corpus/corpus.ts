import { isPhoneNumber } from '../phone-numbers.ts';
import { detectorKinds, type DetectorKind } from '../configuration.ts';
import { lookalikes } from './lookalikes.ts';
import { Random } from './random.ts';
import { countries, makers, type Country } from './secrets.ts';
import { everywhere, locales, type Templates } from './templates.ts';

export interface Label {
  readonly start: number;
  readonly end: number;
  readonly kind: DetectorKind;
}

/** A text in one language, with what is secret in it. Hard negatives have no labels. */
export interface Sample {
  readonly locale: string;
  readonly country: Country;
  readonly text: string;
  readonly labels: readonly Label[];
}

const places = Object.keys(lookalikes) as (keyof typeof lookalikes & keyof Templates)[];

/** The labelled corpus (templates × makers × locales): `perKind` texts for each kind and locale, and as many hard negatives. */
export function makeCorpus({ seed, perKind }: { seed: number; perKind: number }): Sample[] {
  const random = new Random(seed);
  const samples: Sample[] = [];
  for (const [locale, templates] of Object.entries(locales)) {
    const { country } = templates;
    for (let round = 0; round < perKind; round += 1) {
      for (const kind of detectorKinds) {
        samples.push({
          locale,
          country,
          ...filled(random, templateFor(random, templates, kind), kind, country),
        });
        const place = random.one(places);
        const template = random.one(templates[place] as readonly string[]);
        const written = lookalikes[place]?.(random) ?? '';
        samples.push({ locale, country, text: template.replace('{}', written), labels: [] });
      }
    }
  }
  return samples;
}

function templateFor(random: Random, templates: Templates, kind: DetectorKind): string {
  const own = kind === 'card' ? [...templates.card, ...templates.secret] : templates.secret;
  return random.one([...own, ...own, ...everywhere]);
}

function filled(random: Random, template: string, kind: DetectorKind, country: Country) {
  const labels: Label[] = [];
  let text = '';
  for (const [index, piece] of template.split('{}').entries()) {
    if (index > 0) {
      const of = kind === 'phone' ? country : random.one(countries);
      const secret = makers[kind](random, of, (written) => isPhoneNumber(written, [of]));
      labels.push({ start: text.length, end: text.length + secret.length, kind });
      text += secret;
    }
    text += piece;
  }
  return { text, labels };
}
