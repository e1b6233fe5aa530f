import { networkOf, type CardNetwork } from './card-ranges.ts';
import { passesLuhn } from './check-digits.ts';
import type { OptionalNetwork } from './configuration.ts';
import { digitGroups } from './digit-groups.ts';
import type { Detector } from './span.ts';

const least = 13;
const most = 19;

/**
 * Payment cards (G3): 13 to 19 digits that begin and end at the border of a group, of a network that is covered, with a
 * right check digit. Numbers of other networks are left alone as a whole.
 */
export function cardDetector(alsoNetworks: readonly OptionalNetwork[]): Detector {
  const covered = new Set<CardNetwork>([
    'visa',
    'mastercard',
    'amex',
    'diners',
    'discover',
    'jcb',
    ...alsoNetworks,
  ]);
  return (text, report) => {
    const groups = digitGroups(text);
    for (let first = 0; first < groups.length; first += 1) {
      let digits = '';
      let card: { end: number; network: CardNetwork; last: number } | null = null;
      for (let last = first; last < groups.length; last += 1) {
        const group = groups[last];
        if (group === undefined || (last > first && !group.joined)) break;
        if (digits.length + group.end - group.start > most) break;
        digits += text.slice(group.start, group.end);
        if (digits.length < least) continue;
        const network = networkOf(digits);
        if (network !== null && passesLuhn(digits)) card = { end: group.end, network, last };
      }
      if (card === null) continue;
      if (covered.has(card.network)) report(groups[first]?.start ?? 0, card.end);
      else first = card.last;
    }
  };
}
