/**
 * Numbers of dpkt's module `dtp`, by its names.
 *
 * @module
 */
/** Type of the trunk name value. */
export const TRUNK_NAME = 1;
/** Type of the mac addr value. */
export const MAC_ADDR = 4;
