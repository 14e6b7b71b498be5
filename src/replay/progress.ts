/** Reports the progress of a long reading every few seconds. */

const everyMs = 5_000;

/**
 * @param say receives the lines
 * @param line made when it is time
 * @returns call it often; it costs a look at the clock
 */
export function sayNowAndThen(say: (line: string) => void): (line: () => string) => void {
  let saidAt = performance.now();
  return (line) => {
    const now = performance.now();
    if (now - saidAt < everyMs) return;
    saidAt = now;
    say(line());
  };
}

/** `1,234,567` */
export const grouped = (count: number): string => count.toLocaleString("en-US");
