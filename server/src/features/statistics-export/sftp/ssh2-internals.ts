import type { Socket } from 'node:net';
import type { Connection, SFTPWrapper } from 'ssh2';

/**
 * What ssh2 1.17.0 has inside and does not show. Looked at here and nowhere else, so that another version of it is judged in one place; a
 * test goes through each of them.
 */
interface Inside {
  readonly _sock: Socket;
  readonly _protocol: {
    readonly _handlers: {
      CHANNEL_OPEN: (
        protocol: unknown,
        about: { sender: number; packetSize: number; window: number },
      ) => void;
      CHANNEL_WINDOW_ADJUST: (...args: unknown[]) => void;
    };
    channelOpenFail(channel: number, reason: number, description?: string): void;
  };
}

/** RFC 4254, 5.1: SSH_OPEN_RESOURCE_SHORTAGE. */
const resourceShortage = 4;
/** Nothing that is used sends packets so small, and one of size 0 is never sent to its end (mscdex/ssh2#1504). */
const leastPacketBytes = 1_024;

export function socketOf(client: Connection): Socket {
  return (client as unknown as Inside)._sock;
}

/** Refuses channels that could not be written to. Before ssh2 sees them. */
export function refuseSmallPackets(client: Connection): void {
  const { _protocol: protocol } = client as unknown as Inside;
  const open = protocol._handlers.CHANNEL_OPEN;
  protocol._handlers.CHANNEL_OPEN = (itself, about) => {
    if (about.packetSize < leastPacketBytes) protocol.channelOpenFail(about.sender, resourceShortage);
    else open(itself, about);
  };
}

/** Calls when the client has made room on a channel. */
export function onRoom(client: Connection, call: () => void): void {
  const { _handlers: handlers } = (client as unknown as Inside)._protocol;
  const adjust = handlers.CHANNEL_WINDOW_ADJUST;
  handlers.CHANNEL_WINDOW_ADJUST = (...args) => {
    adjust(...args);
    call();
  };
}

/** How many bytes the client still takes on this channel. */
export function roomOf(sftp: SFTPWrapper): number {
  return (sftp as unknown as { outgoing: { window: number } }).outgoing.window;
}
