export const mountChat = (f: unknown): unknown => f;
