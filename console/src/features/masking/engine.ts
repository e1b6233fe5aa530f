import {
  compileMasking,
  configurationOf,
  maskingKeys,
  type AccountRule,
  type Masking,
  type MaskingConfiguration,
  type MaskingValues,
} from '@samtal/contract/masking';
import type { Sample } from '@samtal/contract/masking/corpus';
import type { SettingState } from '@samtal/contract/settings';
import { useQuery } from '@tanstack/react-query';
import { valueAfter, type Pending } from '../settings/index.ts';

/** The engine that masks on the server, in this browser: nothing that is tested with it leaves the page. */
export interface Engine {
  /** Throws UnfitRule for a rule that is refused. */
  compile(configuration: MaskingConfiguration): Masking;
  /** Made-up texts in several languages, half of them with something secret in them; the same for the same seed. */
  samples(seed: number): Sample[];
}

/** Regular expressions in linear time and the numbering plans of the world: large, so only those who test load them. */
async function loadEngine(): Promise<Engine> {
  const [{ linearPatterns }, { isPhoneNumber }, { makeCorpus }] = await Promise.all([
    import('@samtal/contract/masking/patterns'),
    import('@samtal/contract/masking/phone-numbers'),
    import('@samtal/contract/masking/corpus'),
  ]);
  return {
    compile: (configuration) =>
      compileMasking(configuration, {
        patterns: linearPatterns,
        isPhoneNumber,
        now: () => performance.now(),
      }),
    samples: (seed) => makeCorpus({ seed, perKind: 1 }),
  };
}

export function useEngine() {
  return useQuery({
    queryKey: ['masking-engine'],
    queryFn: loadEngine,
    staleTime: Number.POSITIVE_INFINITY,
    structuralSharing: false,
  });
}

/** The settings of masking as they hold, or would with these changes. */
export function valuesAfter(states: readonly SettingState[], pending: Pending): MaskingValues {
  const values = Object.fromEntries(
    states
      .filter(({ key }) => maskingKeys.some((each) => each === key))
      .map((state) => [state.key, valueAfter(state, pending.get(state.key))]),
  );
  // The server sends each of these settings, judged by its schema, and the editors keep to it.
  return values as unknown as MaskingValues;
}

/** What the settings make of a text of a visitor, without the rules that cannot be used. */
export function maskingOf(engine: Engine, values: MaskingValues): Masking {
  const rules = values['masking.rules'].filter((rule) => rule.enabled && isFit(engine, rule));
  return engine.compile(configurationOf({ ...values, 'masking.rules': rules }, 'visitor'));
}

/** A masker with this rule alone, on or off. Throws UnfitRule when it is refused. */
export function maskingBy(engine: Engine, rule: AccountRule): Masking {
  return engine.compile({
    detectors: [],
    alsoNetworks: [],
    phoneCountries: [],
    rules: [{ ...rule, enabled: true }],
    digits: null,
  });
}

function isFit(engine: Engine, rule: AccountRule): boolean {
  try {
    maskingBy(engine, rule);
    return true;
  } catch {
    return false;
  }
}
