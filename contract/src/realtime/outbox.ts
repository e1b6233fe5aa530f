import type { PendingPost } from './thread.ts';

/**
 * Where posts wait for their acknowledgement. Outlives the page where storage allows it. Works in the order it is called,
 * and never rejects: what cannot be stored still lives as long as the page.
 */
export interface Outbox {
  load(): Promise<PendingPost[]>;
  put(post: PendingPost): Promise<void>;
  remove(cid: string): Promise<void>;
}

/** An outbox for when nothing can be stored: it lives as long as the page. */
export function memoryOutbox(): Outbox {
  const posts = new Map<string, PendingPost>();
  return {
    load: async () => [...posts.values()],
    put: async (post) => void posts.set(post.cid, post),
    remove: async (cid) => void posts.delete(cid),
  };
}
