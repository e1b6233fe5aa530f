/** Passes content on, and answers with its last bytes and its length. */
export async function* withTail(
  content: AsyncIterable<Buffer>,
  tailLength: number,
): AsyncGenerator<Buffer, { bytes: Buffer; length: number }> {
  let bytes = Buffer.alloc(0);
  let length = 0;
  for await (const piece of content) {
    length += piece.length;
    bytes = Buffer.concat([bytes, piece]).subarray(-tailLength);
    yield piece;
  }
  return { bytes, length };
}
