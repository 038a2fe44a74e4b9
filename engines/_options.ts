/**
 * Options of engines that have none.
 *
 * @module
 */

/**
 * Refuses options that an engine does not have.
 *
 * @throws {RangeError} If there is any.
 */
export function noOptions(engine: string, options: Readonly<Record<string, unknown>>): void {
  for (const name of Object.keys(options)) {
    throw new RangeError(
      `Cannot start engine "${engine}": it has no option "${name}"; it has none at all`,
    );
  }
}
