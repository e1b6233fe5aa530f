import type { Socket } from '@samtal/contract/realtime';

/** Opens the agents’ socket on the console’s own origin. */
export function openAgentSocket(): Socket {
  const url = new URL('/api/v1/realtime/agent', window.location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const browser = new WebSocket(url);
  const socket: Socket = {
    onopen: null,
    onmessage: null,
    onclose: null,
    send: (text) => browser.send(text),
    close: () => browser.close(),
  };
  browser.addEventListener('open', (event) => socket.onopen?.(event as never));
  browser.addEventListener('message', (event) => socket.onmessage?.(event));
  browser.addEventListener('close', (event) => socket.onclose?.(event));
  return socket;
}
