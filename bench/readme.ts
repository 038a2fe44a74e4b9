/**
 * Writing results into a page, between two comments.
 *
 * @module
 */

/** Before the part that is written. */
export const BEGIN = "<!-- bench:begin -->";
/** After the part that is written. */
export const END = "<!-- bench:end -->";

/**
 * A page with other text between its comments.
 *
 * @throws {RangeError} If it has not one of each, in this order.
 */
export function between(page: string, text: string): string {
  const from = page.indexOf(BEGIN);
  const to = page.indexOf(END);
  if (from < 0 || to < from || page.lastIndexOf(BEGIN) !== from || page.lastIndexOf(END) !== to) {
    throw new RangeError(`Cannot write into the page: it needs "${BEGIN}" and "${END}" once each`);
  }
  return `${page.slice(0, from + BEGIN.length)}\n\n${text}\n\n${page.slice(to)}`;
}
