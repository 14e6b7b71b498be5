/** Formats times for the page. */

/** `21 Mar 14:05` */
export function shortTime(us: number): string {
  const [, month = "", day = "", time = ""] =
    /-(\d\d)-(\d\d)T(\d\d:\d\d)/.exec(new Date(us / 1000).toISOString()) ?? [];
  return `${Number(day)} ${months[Number(month) - 1]} ${time}`;
}

/** `21 Mar 2026 14:05` */
export const longTime = (us: number): string =>
  shortTime(us).replace(/ (?=\S+$)/, ` ${new Date(us / 1000).getUTCFullYear()} `);

/** `21 Mar` */
export const shortDay = (us: number): string => shortTime(us).replace(/ \S+$/, "");

const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
