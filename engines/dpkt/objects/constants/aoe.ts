/**
 * Numbers of dpkt's module `aoe`, by its names.
 *
 * @module
 */
/** Command: ATA. */
export const AOE_CMD_ATA = 0;
/** Command: configuration. */
export const AOE_CMD_CFG = 1;
/** Flag: response. */
export const AOE_FLAG_RSP = 8;
/** ATA command: identify device. */
export const ATA_DEVICE_IDENTIFY = 236;
