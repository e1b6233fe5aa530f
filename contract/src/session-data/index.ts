export * from './sealing.ts';
export * from './shown-values.ts';
