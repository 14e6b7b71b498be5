/** What a request may name: a path and a query of printable characters, encoded as the standard says. */

/** Scheme and authority of the absolute form, which a proxy sends. */
const origin = /^https?:\/\/[^/?#]+(?=\/)/;
const form = /^\/(?!\/)[!-~]*$/;

/**
 * @param target as the request line has it
 * @returns what is wrong with it; undefined when it can be looked up
 */
export function targetProblem(target: string): string | undefined {
  const path = target.replace(origin, "");
  if (!form.test(path)) return "the request names no path that begins with one slash";
  try {
    return hasControl(decodeURIComponent(path))
      ? "the request holds a control character"
      : undefined;
  } catch {
    return "the request is not percent-encoded UTF-8";
  }
}

function hasControl(text: string): boolean {
  return /\p{Cc}/u.test(text);
}
