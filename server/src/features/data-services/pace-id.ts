import { createHash } from 'node:crypto';

/** Under which id the requests of one caller to one service are counted: a UUID of both (RFC 9562, 5.8), and no one else’s. */
export function paceId(serviceId: string, callerId: string): string {
  const bytes = createHash('sha256').update(`data-service ${serviceId} ${callerId}`).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
