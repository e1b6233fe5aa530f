import type { SettingValues } from '../settings/registry.ts';
import type { MaskingConfiguration } from './configuration.ts';

/** The settings that decide what is masked and redacted. */
export const maskingKeys = [
  'masking.cards',
  'masking.card-networks',
  'masking.detectors',
  'masking.phone-countries',
  'masking.rules',
  'redaction.mode',
  'redaction.after-hours',
  'redaction.least-digits',
  'redaction.sides',
] as const;
export type MaskingKey = (typeof maskingKeys)[number];
export type MaskingValues = Pick<SettingValues, MaskingKey>;

/** Who wrote a text: redaction of digits may concern visitors only (G2). */
export type Side = 'visitor' | 'agent';

/** When long numbers become asterisks: before they are stored, when the conversation is resolved, or hours after the message. */
export type RedactionTime = 'at-once' | 'resolved' | { readonly hours: number };

/** When what is redacted is due in a channel (G2). */
export function redactionTimeOf(settings: MaskingValues): RedactionTime {
  const mode = settings['redaction.mode'];
  if (mode === 'hours') return { hours: settings['redaction.after-hours'] };
  return mode === 'resolved' ? 'resolved' : 'at-once';
}

/** What the settings of a channel say about the texts of one side. */
export function configurationOf(settings: MaskingValues, side: Side): MaskingConfiguration {
  const redacted =
    settings['redaction.mode'] !== 'off' && (side === 'visitor' || settings['redaction.sides'] === 'both');
  return {
    detectors: [...(settings['masking.cards'] ? (['card'] as const) : []), ...settings['masking.detectors']],
    alsoNetworks: settings['masking.card-networks'],
    phoneCountries: settings['masking.phone-countries'],
    rules: settings['masking.rules'].filter(({ enabled }) => enabled),
    digits: redacted ? settings['redaction.least-digits'] : null,
  };
}
