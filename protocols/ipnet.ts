/**
 * Solaris' packets observed at the IP layer (LINKTYPE_IPNET of tcpdump.org).
 *
 * @module
 */
import type { Walker } from "../core/catalogue.ts";
import { u16, u32, u8 } from "../core/field.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import type { TextWriter } from "../core/text_writer.ts";
import { Keys } from "./_ethertype.ts";

/** The header of an observed packet. */
export interface Ipnet {
  /** Version of the header: 1. */
  readonly version: number;
  /** Address family, as Solaris numbers them: 2 IPv4, 26 IPv6. */
  readonly family: number;
  /** Where it was observed: 0 inbound, 1 outbound, 2 local. */
  readonly hook: number;
  /** Length of the packet in bytes. */
  readonly length: number;
  /** Number of the interface. */
  readonly interfaceIndex: number;
  /** Number of the group of interfaces. */
  readonly groupIndex: number;
  /** Zone it comes from. */
  readonly sourceZone: number;
  /** Zone it goes to. */
  readonly destinationZone: number;
}

const HEADER = 24, INET = 2, INET6 = 26;
const HOOKS: Readonly<Record<number, string>> = { 0: "Inbound", 1: "Outbound", 2: "Local" };
const VERSION = new Keys("ip.version");

/** Packets observed by Solaris. */
export const ipnet: Protocol<Ipnet> = protocol<Ipnet>({
  name: "ipnet",
  title: "Solaris IPNET",
  label: "IPNET",
  layer: "link",
  parents: { linktype: [226] },
  fields: {
    version: u8("ipnet.version", "Header version", { initial: 1 }),
    family: u8("ipnet.family", "Address family", {
      values: { [INET]: "Solaris AF_INET", [INET6]: "Solaris AF_INET6" },
      initial: INET,
    }),
    hook: u16("ipnet.htype", "Hook type", { values: HOOKS }),
    length: u32("ipnet.pktlen", "Data length", { auto: (d) => d.bytes.length - HEADER }),
    interfaceIndex: u32("ipnet.ifindex", "Interface index"),
    groupIndex: u32("ipnet.grifindex", "Group interface index"),
    sourceZone: u32("ipnet.zsrc", "Source Zone ID"),
    destinationZone: u32("ipnet.zdst", "Destination Zone ID"),
  },
  fill: (next) => next?.name === "ipv6" ? { family: INET6 } : undefined,
  walk(w: Walker): void {
    const family = w.bytes[w.start + 1];
    if (family === INET) VERSION.find(w, 4);
    else if (family === INET6) VERSION.find(w, 6);
  },
  summary,
});

function summary(_: unknown, out: TextWriter): void {
  out.ascii("Solaris IPNET");
}
