import type { DataServiceConfiguration } from '@samtal/contract/data-services';

/** A data service as its versions keep it, and as it is stored. */
export function serviceBody({
  key,
  name,
  description,
  enabled,
  requestsPerMinute,
  roleIds,
  query,
}: DataServiceConfiguration): DataServiceConfiguration {
  return { key, name, description, enabled, requestsPerMinute, roleIds, query };
}
