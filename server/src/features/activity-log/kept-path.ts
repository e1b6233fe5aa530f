const maxLength = 300;
/** Beyond this many digits or letters in one part a path names a thing or a person rather than a kind of page. */
const mostDigits = 3;
const longestPart = 60;
const hidden = '•';

/**
 * The path of a page as it may be kept: nothing behind `?` or `#`, and no part of it that looks like the name of one
 * thing or person (an order's number, an address, a token). The account's masking comes on top of this.
 */
export function keptPath(path: string): string {
  const [bare = ''] = path.split(/[?#]/, 1);
  const parts = bare
    .slice(0, maxLength)
    .split('/')
    .map((part) => (namesOne(readable(part)) ? hidden : part));
  return parts.join('/');
}

function namesOne(part: string): boolean {
  return (
    part.includes('@') || part.length > longestPart || (part.match(/\p{Nd}/gu) ?? []).length > mostDigits
  );
}

function readable(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // Not encoded as it should be: nobody knows what it says.
    return '@';
  }
}
