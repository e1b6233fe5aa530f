import { readDataService, type DataServiceParameters } from '@samtal/contract/data-services';
import { urlOf } from '@samtal/contract/endpoint';

/** The address that a program asks, with these parameters. */
export function addressOf(
  origin: string,
  of: { readonly accountId: string; readonly serviceKey: string },
  query: DataServiceParameters,
): string {
  return new URL(urlOf(readDataService, { params: of, query }), origin).href;
}

/** The same as a command. The key is not in it: whoever calls has it in their environment. */
export function commandFor(address: string): string {
  return `curl --fail-with-body \\\n  -H "Authorization: Bearer $SAMTAL_API_KEY" \\\n  "${address}"`;
}
