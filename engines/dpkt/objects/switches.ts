/**
 * Which class decodes what: dpkt's `Ethernet._typesw`, `IP._protosw`, `PPP._protosw`. The tables stand apart from the
 * classes, so that classes which carry each other need not import each other.
 *
 * @module
 */
import { Switch } from "./packet.ts";

/** Classes by EtherType. */
export const ETHERNET_TYPES: Switch = new Switch();
/** Classes by IP protocol number. */
export const IP_PROTOCOLS: Switch = new Switch();
/** Classes by PPP protocol number. */
export const PPP_PROTOCOLS: Switch = new Switch();
/** Classes by ATA-over-Ethernet command. */
export const AOE_COMMANDS: Switch = new Switch();
