import { useText } from '../../text/index.ts';

/** A number of minutes in words: whole hours as hours. */
export function useDuration(): (minutes: number) => string {
  const { locale } = useText();
  return (minutes) => {
    const [value, unit] = minutes % 60 === 0 ? [minutes / 60, 'hour'] : [minutes, 'minute'];
    return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(value);
  };
}
