/**
 * The conversation log (E3, E4). A conversation has two streams by audience: `public` is read by the visitor and
 * by agents, `internal` by agents only. Within a stream `seq` counts from 1 without gaps.
 *
 * This file has no schemas, because the visitor’s browser loads it; the entries are in `entries.ts`.
 */
export const audiences = ['public', 'internal'] as const;
export type Audience = (typeof audiences)[number];

/** The most characters a message or a note may have. */
export const maxTextLength = 4000;

/** A stream’s name on the wire. */
export type StreamName = `${string}:${Audience}`;

export function streamName(conversationId: string, audience: Audience): StreamName {
  return `${conversationId}:${audience}`;
}

export function conversationOf(stream: StreamName): string {
  return stream.slice(0, stream.lastIndexOf(':'));
}

export function audienceOf(stream: StreamName): Audience {
  return stream.endsWith(':public') ? 'public' : 'internal';
}
