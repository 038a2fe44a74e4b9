/**
 * Cisco's Serial Line Address Resolution Protocol, which also keeps lines alive.
 *
 * @module
 */
import type { Walker } from "../core/catalogue.ts";
import { bytes, choose, inline, ipv4Address, u16, u32 } from "../core/field.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import type { TextWriter } from "../core/text_writer.ts";

/** A SLARP packet. */
export interface Slarp {
  /** What it is: 0 request, 1 reply, 2 keepalive. */
  readonly type: number;
  /** Of requests and replies: the sender's address. */
  readonly address?: string;
  /** Of requests and replies: the network mask. */
  readonly netmask?: string;
  /** Of keepalives: the sender's number. */
  readonly sequence?: number;
  /** Of keepalives: the number last received. */
  readonly received?: number;
  /** Always 0xffff. */
  readonly reliability?: number;
  /** Of any other type: what it carries. */
  readonly data?: Uint8Array;
}

const KEEPALIVE = 2, LENGTH = 14;
const TYPES: Readonly<Record<number, string>> = {
  0: "Request",
  1: "Reply",
  [KEEPALIVE]: "Line keepalive",
};

const addresses = () =>
  inline({
    address: ipv4Address("slarp.address", "Address"),
    netmask: ipv4Address("slarp.netmask", "Netmask"),
    reliability: u16("slarp.reliability", "Reliability", { hex: true, initial: 0xffff }),
  });

/** Serial Line Address Resolution Protocol. */
export const slarp: Protocol<Slarp> = protocol<Slarp>({
  name: "slarp",
  title: "Cisco SLARP",
  label: "SLARP",
  layer: "link",
  parents: { "chdlc.protocol": [0x8035] },
  fields: {
    type: u32("slarp.ptype", "Packet type", { values: TYPES }),
    _body: choose("type", {
      0: addresses(),
      1: addresses(),
      [KEEPALIVE]: inline({
        sequence: u32("slarp.mysequence", "Outgoing sequence number"),
        received: u32("slarp.yoursequence", "Returned sequence number"),
        reliability: u16("slarp.reliability", "Reliability", { hex: true, initial: 0xffff }),
      }),
    }, inline({ data: bytes("", "Data") })),
  },
  walk(w: Walker): void {
    const b = w.bytes, s = w.start;
    const known = (b[s] | b[s + 1] | b[s + 2]) === 0 && b[s + 3] <= KEEPALIVE;
    w.end = known ? s + LENGTH : w.limit;
    w.next = -2;
  },
  summary,
});

function summary(
  layer: { readonly bytes: Uint8Array; readonly start: number; readonly end: number },
  out: TextWriter,
): void {
  const b = layer.bytes, s = layer.start;
  if (layer.end - s < LENGTH) return;
  const type = ((b[s] << 24) | (b[s + 1] << 16) | (b[s + 2] << 8) | b[s + 3]) >>> 0;
  out.ascii(TYPES[type] ?? "Unknown");
  if (type !== KEEPALIVE) return;
  out.ascii(", outgoing sequence ");
  out.ensure(32);
  out.uint((b[s + 4] << 24) | (b[s + 5] << 16) | (b[s + 6] << 8) | b[s + 7]);
  out.ascii(", returned sequence ");
  out.ensure(16);
  out.uint((b[s + 8] << 24) | (b[s + 9] << 16) | (b[s + 10] << 8) | b[s + 11]);
}
