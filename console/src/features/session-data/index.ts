export { ShownValuesBar, ShownValuesPanel } from './shown-values.tsx';
export { useShownValues } from './use-shown-values.ts';
