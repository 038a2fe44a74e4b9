/**
 * Numbers of dpkt's module `cdp`, by its names.
 *
 * @module
 */
/** Type of the devid value. */
export const CDP_DEVID = 1;
/** Type of the address value. */
export const CDP_ADDRESS = 2;
/** Type of the portid value. */
export const CDP_PORTID = 3;
/** Type of the capabilities value. */
export const CDP_CAPABILITIES = 4;
/** Type of the version value. */
export const CDP_VERSION = 5;
/** Type of the platform value. */
export const CDP_PLATFORM = 6;
/** Type of the ipprefix value. */
export const CDP_IPPREFIX = 7;
/** Type of the vtp mgmt domain value. */
export const CDP_VTP_MGMT_DOMAIN = 9;
/** Type of the native vlan value. */
export const CDP_NATIVE_VLAN = 10;
/** Type of the duplex value. */
export const CDP_DUPLEX = 11;
/** Type of the trust bitmap value. */
export const CDP_TRUST_BITMAP = 18;
/** Type of the untrust cos value. */
export const CDP_UNTRUST_COS = 19;
/** Type of the system name value. */
export const CDP_SYSTEM_NAME = 20;
/** Type of the system oid value. */
export const CDP_SYSTEM_OID = 21;
/** Type of the mgmt address value. */
export const CDP_MGMT_ADDRESS = 22;
/** Type of the location value. */
export const CDP_LOCATION = 23;
