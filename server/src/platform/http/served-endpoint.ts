import type { Endpoint } from '@samtal/contract/endpoint';
import type { FastifyRequest } from 'fastify';

/** The endpoint that a request is for; null for pages and for what there is not. */
export function endpointOf(request: FastifyRequest): Endpoint | null {
  return (request.routeOptions.config as { endpoint?: Endpoint } | undefined)?.endpoint ?? null;
}

export function takesFile(request: FastifyRequest): boolean {
  return endpointOf(request)?.takesFile === true;
}

export function isOAuth(request: FastifyRequest): boolean {
  return endpointOf(request)?.oauth === true;
}

export function isScim(request: FastifyRequest): boolean {
  return endpointOf(request)?.scim === true;
}
