import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where administrators' programs are, and those that other programs start. On no ordinary person's path. */
const further = ['/usr/sbin', '/usr/lib/openssh', '/usr/libexec/openssh', '/usr/lib/ssh', '/usr/libexec'];

/** Where a program of the system is, such as `sshd`; null where there is none. */
export function programPath(name: string): string | null {
  const places = [...(process.env['PATH'] ?? '').split(delimiter), ...further];
  return places.map((place) => join(place, name)).find(isProgram) ?? null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
