/**
 * What makes one value of a sensitive setting weaker than another (K5). Of numbers one that is `higher` or `lower`, and no
 * number at all; of a switch `on` or `off`; of a list `more`, with something in it that the other one has not, or `fewer`, without
 * something that the other one has; of words those that come later in `strongestFirst`. `never` says why no value is weaker than the default.
 */
export type Weaker<Value> =
  | ([NonNullable<Value>] extends [number] ? 'higher' | 'lower' : never)
  | ([Value] extends [boolean] ? 'on' | 'off' : never)
  | ([Value] extends [readonly unknown[]] ? 'more' | 'fewer' : never)
  | ([Value] extends [string] ? { readonly strongestFirst: readonly Value[] } : never)
  | { readonly never: string };

/** The same without the value’s type. */
export type AnyWeaker =
  | 'higher'
  | 'lower'
  | 'on'
  | 'off'
  | 'more'
  | 'fewer'
  | { readonly strongestFirst: readonly string[] }
  | { readonly never: string };

/** Whether `value` is weaker than `other`. Both fit the setting. */
export function isWeakerBy(weaker: AnyWeaker, value: unknown, other: unknown): boolean {
  if (typeof weaker === 'object') {
    if ('never' in weaker) return false;
    const place = (each: unknown) => weaker.strongestFirst.indexOf(each as string);
    return place(value) > place(other);
  }
  switch (weaker) {
    case 'higher':
      return (other ?? Infinity) < (value ?? Infinity);
    case 'lower':
      return (value ?? -Infinity) < (other ?? -Infinity);
    case 'on':
      return value === true && other === false;
    case 'off':
      return value === false && other === true;
    case 'more':
      return lacks(other, value);
    case 'fewer':
      return lacks(value, other);
  }
}

/** Whether something of `whole` is not in `list`. */
function lacks(list: unknown, whole: unknown): boolean {
  const there = (list as unknown[]).map((each) => JSON.stringify(each));
  return (whole as unknown[]).some((each) => !there.includes(JSON.stringify(each)));
}
