/**
 * VN-Tag: where a frame comes from and goes to among the virtual interfaces behind a port (Cisco, "Network Interface
 * Virtualization", for IEEE 802.1Qbh).
 *
 * @module
 */
import type { Walker } from "../core/catalogue.ts";
import { bits, bool, u16 } from "../core/field.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import type { TextWriter } from "../core/text_writer.ts";
import { LENGTH_MAX, to8023, toEthertype, trailing, Whole } from "./_ethertype.ts";
import { ETHERTYPES } from "./_names.ts";

/** A VN-Tag and the type behind it. */
export interface Vntag {
  /** Whether it goes away from the bridge. */
  readonly fromBridge: boolean;
  /** Whether the destination is a list of interfaces. */
  readonly list: boolean;
  /** Interface, or list of them, that it goes to. */
  readonly dst: number;
  /** Whether the source is among those it goes to. */
  readonly looped: boolean;
  /** Reserved bit. */
  readonly reserved: number;
  /** Version. */
  readonly version: number;
  /** Interface that it comes from. */
  readonly src: number;
  /** EtherType; up to 1500, the length of 802.3 data in bytes. */
  readonly type: number;
}

const HEADER = 6;

/** VN-Tags. */
export const vntag: Protocol<Vntag> = protocol<Vntag>({
  name: "vntag",
  title: "VN-Tag",
  label: "VNTAG",
  layer: "link",
  parents: { ethertype: [0x8926] },
  fields: {
    _whole: new Whole(HEADER),
    fromBridge: bool("vntag.dir", "Direction"),
    list: bool("vntag.ptr", "Pointer"),
    dst: bits(14, "vntag.dst", "Destination"),
    looped: bool("vntag.looped", "Looped"),
    reserved: bits(1, "vntag.r", "Reserved"),
    version: bits(2, "vntag.version", "Version"),
    src: bits(12, "vntag.src", "Source"),
    type: u16("vntag.etype", "Type", {
      hex: true,
      values: ETHERTYPES,
      below: { value: LENGTH_MAX + 1, abbrev: "vntag.len", name: "Length" },
      auto: (d) => d.bytes.length - HEADER <= LENGTH_MAX ? d.bytes.length - HEADER : 0,
    }),
    _trailer: trailing("vntag.trailer", { at: 4, zero: true }),
  },
  next: { table: "ethertype", field: "type" },
  walk(w: Walker): void {
    const type = typeAt(w.bytes, w.start);
    if (type <= LENGTH_MAX) to8023(w, type);
    else toEthertype(w, type);
  },
  summary,
});

function typeAt(b: Uint8Array, start: number): number {
  return (b[start + 4] << 8) | b[start + 5];
}

function summary(_: unknown, out: TextWriter): void {
  out.ascii("VN-Tag");
}
