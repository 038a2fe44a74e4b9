/**
 * Exchange identification of logical links in the basic format (IEEE 802.2 section 5.4.1.1.2).
 *
 * @module
 */
import { bits, bytes, u8, type ValueNames } from "../core/field.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import type { TextWriter } from "../core/text_writer.ts";
import { XID_BASIC } from "./llc.ts";

/** What a station says of its logical link. */
export interface Basicxid {
  /** Format of what follows: 0x81. */
  readonly format: number;
  /** Types of service, or the class they make. */
  readonly types: number;
  /** Frames that may be under way. */
  readonly windowSize: number;
  /** The last bit. */
  readonly reserved: number;
  /** What else there is. */
  readonly data?: Uint8Array;
}

const TYPES: ValueNames = {
  1: "Type 1 LLC (Class I LLC)",
  2: "Type 2 LLC",
  3: "Type 1 and Type 2 LLCs (Class II LLC)",
  4: "Type 3 LLC",
  5: "Type 1 and Type 3 LLCs (Class III LLC)",
  6: "Type 2 and Type 3 LLCs",
  7: "Type 1 and Type 2 and Type 3 LLCs (Class IV LLC)",
};

/** Logical-Link Control Basic Format XID. */
export const basicxid: Protocol<Basicxid> = protocol<Basicxid>({
  name: "basicxid",
  title: "Logical-Link Control Basic Format XID",
  label: "XID",
  layer: "link",
  // As a command or an answer, with the poll bit or without.
  parents: { "llc.control": [0xaf, 0xbf] },
  fields: {
    format: u8("basicxid.llc.xid.format", "XID Format", {
      hex: true,
      values: { [XID_BASIC]: "LLC basic format" },
      initial: XID_BASIC,
    }),
    types: u8("basicxid.llc.xid.types", "LLC Types/Classes", { hex: true, values: TYPES }),
    windowSize: bits(7, "basicxid.llc.xid.wsize", "Receive Window Size"),
    reserved: bits(1, "", "Reserved"),
    data: bytes("", "Data"),
  },
  header: "rest",
  summary,
});

function summary(
  layer: { readonly bytes: Uint8Array; readonly start: number; readonly limit: number },
  out: TextWriter,
): void {
  const b = layer.bytes, s = layer.start;
  out.ascii("Basic Format");
  if (layer.limit - s < 3) return;
  out.ascii("; ");
  out.ascii(TYPES[b[s + 1]] ?? "Unknown");
  out.ascii("; Window Size ");
  out.ensure(8);
  out.uint(b[s + 2] >> 1);
}
