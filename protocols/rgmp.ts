/**
 * Router-port Group Management Protocol (RFC 3488).
 *
 * @module
 */
import { ipv4Address } from "../core/field.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import type { TextWriter } from "../core/text_writer.ts";
import { IGMP_HEADER, igmpHeader } from "./_igmp.ts";

/** What stands behind IGMP's header of an RGMP message. */
export interface Rgmp {
  /** Multicast address. */
  readonly group: string;
}

const TYPES = { 0xfc: "Leave", 0xfd: "Join", 0xfe: "Bye", 0xff: "Hello" } as const;

/** Router-port Group Management Protocol. */
export const rgmp: Protocol<Rgmp> = protocol<Rgmp>({
  name: "rgmp",
  title: "Router-port Group Management Protocol",
  label: "RGMP",
  layer: "internet",
  parents: { "igmp.type": [0xfc, 0xfd, 0xfe, 0xff] },
  fields: {
    _header: igmpHeader("rgmp", TYPES, { abbrev: "rgmp.reserved", name: "Reserved", hex: true }),
    group: ipv4Address("rgmp.maddr", "Multicast group address"),
  },
  header: "rest",
  summary,
});

function summary(
  layer: { readonly bytes: Uint8Array; readonly start: number },
  out: TextWriter,
): void {
  const type = layer.bytes[layer.start - IGMP_HEADER];
  out.ascii(TYPES[type as keyof typeof TYPES] ?? "Unknown Type");
}
