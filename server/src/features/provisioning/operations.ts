import { scimLimits } from '@samtal/contract/provisioning';
import { Refusal } from '../../platform/http/index.ts';
import { parseFilter, type Comparison } from './filter.ts';
import { attributesOf, plainName, unfit } from './values.ts';

/** One step of a PATCH (RFC 7644, 3.5.2), on one attribute. */
export interface Operation {
  readonly op: 'add' | 'replace' | 'remove';
  /** In lower case; with its part, such as `name.formatted`. */
  readonly attribute: string;
  /** Which of several values are meant; null for all. */
  readonly where: readonly Comparison[] | null;
  readonly value: unknown;
}

const path = /^([a-z][\w$-]*)(?:\[([^\]]{1,300})\])?(?:\.([a-z][\w$-]*))?$/i;
/** Attributes of extensions, none of which is kept. */
const ofExtension = /^urn:[\w:.-]{1,200}$/i;

/**
 * The steps of a PATCH, one for each attribute. Read as the directories write them: `Replace` for `replace`, no path but an object
 * of attributes, or of paths. Refuses with provisioning.path, provisioning.filter, provisioning.value.
 */
export function operationsOf(body: unknown): Operation[] {
  const operations = attributesOf(body).get('operations');
  if (!Array.isArray(operations) || operations.length === 0) throw unfit('a list of operations');
  if (operations.length > scimLimits.operations) throw unfit(`${scimLimits.operations} operations at most`);
  return operations.flatMap((each) => {
    const given = attributesOf(each);
    const op = opOf(given.get('op'));
    const [at, value] = [given.get('path'), given.get('value')];
    if (typeof at === 'string' && at !== '') return stepOf(op, at, value);
    if (at !== undefined && at !== null && at !== '') throw new Refusal('provisioning.path');
    if (op === 'remove') throw new Refusal('provisioning.no-target');
    return Object.entries(Object.fromEntries(attributesOf(value))).flatMap(([name, part]) =>
      stepOf(op, name, part),
    );
  });
}

function opOf(op: unknown): Operation['op'] {
  const word = typeof op === 'string' ? op.toLowerCase() : '';
  if (word === 'add' || word === 'replace' || word === 'remove') return word;
  throw new Refusal('provisioning.path');
}

function stepOf(op: Operation['op'], at: string, value: unknown): Operation[] {
  const plain = plainName(at.trim());
  if (ofExtension.test(plain)) return [];
  const [, name, filter, part] = path.exec(plain) ?? [];
  if (name === undefined) throw new Refusal('provisioning.path');
  return [
    {
      op,
      attribute: (part === undefined ? name : `${name}.${part}`).toLowerCase(),
      where: filter === undefined ? null : parseFilter(filter),
      value,
    },
  ];
}
