import * as contract from '@samtal/contract/statistics';
import type { HttpServer } from '../../platform/http/index.ts';

export function statisticsRoutes(http: HttpServer): void {
  http.serve(contract.listMetrics, async () => ({ items: contract.metrics.map(contract.definitionOf) }));
}
