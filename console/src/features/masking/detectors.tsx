import { Switch } from '@mantine/core';
import { detectorKinds, type DetectorKind } from '@samtal/contract/masking';
import { IconArrowRight } from '@tabler/icons-react';
import { useText } from '../../text/index.ts';
import { useSettingText } from '../settings/index.ts';
import { detectorExamples } from './detector-examples.ts';
import { useEngine } from './engine.ts';
import classes from './masking.module.css';

type OtherKind = Exclude<DetectorKind, 'card'>;

/** Cards have a setting of their own (G3). */
const others = detectorKinds.filter((kind): kind is OtherKind => kind !== 'card');

interface DetectorsProps {
  on: readonly OtherKind[];
  /** Null for those who may only look. */
  onChange: ((on: OtherKind[]) => void) | null;
}

/** What is found without a rule: each kind with what it is and an example, on or off. */
export function Detectors({ on, onChange }: DetectorsProps) {
  const { t } = useText();
  const setting = useSettingText();
  return (
    <ul className={classes.detectors} aria-label={t('setting.masking.detectors')}>
      {others.map((kind) => {
        const isOn = on.includes(kind);
        const name = setting.option('masking.detectors', kind);
        return (
          <li key={kind} className={classes.detector} data-on={isOn}>
            <Switch
              label={name}
              checked={isOn}
              disabled={onChange === null}
              onChange={(event) => {
                const { checked } = event.currentTarget;
                onChange?.(others.filter((each) => (each === kind ? checked : on.includes(each))));
              }}
            />
            <p>{t(`masking.detector-${kind}`)}</p>
            <Example kind={kind} />
          </li>
        );
      })}
    </ul>
  );
}

function Example({ kind }: { kind: OtherKind }) {
  const engine = useEngine().data;
  const example = detectorExamples[kind];
  const masked = engine?.compile({
    detectors: [kind],
    alsoNetworks: [],
    phoneCountries: [],
    rules: [],
    digits: null,
  });
  return (
    <div className={classes.example}>
      <span>{example}</span>
      {masked !== undefined && (
        <>
          <IconArrowRight size={12} aria-hidden="true" />
          <ins>{masked.mask(example).text}</ins>
        </>
      )}
    </div>
  );
}
