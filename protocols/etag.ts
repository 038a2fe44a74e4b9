/**
 * E-TAG: which extended port of a bridge a frame comes from and goes to (IEEE 802.1BR clause 7.5).
 *
 * @module
 */
import type { Walker } from "../core/catalogue.ts";
import { bits, u16, u8 } from "../core/field.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import type { TextWriter } from "../core/text_writer.ts";
import { toEthertype, trailing, Whole } from "./_ethertype.ts";
import { ETHERTYPES } from "./_names.ts";

/** An E-TAG and the type behind it. Channel identifiers are split into a base and an extension. */
export interface Etag {
  /** Priority code point. */
  readonly priority: number;
  /** Drop eligible indicator: 0 or 1. */
  readonly dei: number;
  /** Channel it came from: base. */
  readonly ingress: number;
  /** Reserved bits. */
  readonly reserved: number;
  /** 0 if the channel is a port's, else which group of channels. */
  readonly group: number;
  /** Channel it goes to: base. */
  readonly channel: number;
  /** Channel it came from: extension. */
  readonly ingressExtension: number;
  /** Channel it goes to: extension. */
  readonly channelExtension: number;
  /** EtherType. */
  readonly type: number;
}

const HEADER = 8;
const PRIORITIES: Readonly<Record<number, string>> = {
  0: "Best Effort (default)",
  1: "Background",
  2: "Spare",
  3: "Excellent Effort",
  4: "Controlled Load",
  5: "Video, < 100ms latency and jitter",
  6: "Voice, < 10ms latency and jitter",
  7: "Network Control",
};
const GROUPS: Readonly<Record<number, string>> = {
  0: "Point-to-point",
  1: "Point-to-multipoint",
  2: "Point-to-multipoint",
  3: "Point-to-multipoint",
};

/** E-TAGs. */
export const etag: Protocol<Etag> = protocol<Etag>({
  name: "etag",
  title: "802.1BR E-Tag",
  label: "ETAG",
  layer: "link",
  parents: { ethertype: [0x893f] },
  fields: {
    _whole: new Whole(HEADER),
    priority: bits(3, "etag.pcp", "E-PCP", { values: PRIORITIES }),
    dei: bits(1, "etag.dei", "E-DEI"),
    ingress: bits(12, "etag.iecid_base", "Ingress_E-CID_base", { hex: true }),
    reserved: bits(2, "etag.resv", "Reserved"),
    group: bits(2, "etag.group", "GRP", { values: GROUPS }),
    channel: bits(12, "etag.ecid_base", "E-CID_base", { hex: true }),
    ingressExtension: u8("etag.iecid_ext", "Ingress_E-CID_ext", { hex: true }),
    channelExtension: u8("etag.ecid_ext", "E-CID_ext", { hex: true }),
    type: u16("etag.etype", "Type", { hex: true, values: ETHERTYPES }),
    _trailer: trailing("etag.trailer"),
  },
  next: { table: "ethertype", field: "type" },
  walk(w: Walker): void {
    toEthertype(w, (w.bytes[w.start + 6] << 8) | w.bytes[w.start + 7]);
  },
  summary,
});

function summary(_: unknown, out: TextWriter): void {
  out.ascii("802.1BR E-Tag");
}
