/**
 * Ethernet (IEEE 802.3 clause 3; Ethernet II).
 *
 * @module
 */
import { LAYER, type Walker } from "../core/catalogue.ts";
import { ChecksumStatus } from "../core/checksum.ts";
import { computed, flag, macAddress, type Scalar, u16, u32 } from "../core/field.ts";
import { FIELD_MASK, ITEM, type Items } from "../core/items.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import { RecipeRead, type RunField, runField } from "../core/recipe.ts";
import type { TextWriter } from "../core/text_writer.ts";
import {
  checkSequence,
  Instead,
  LENGTH_MAX,
  to8023,
  toEthertype,
  trailing,
  TYPE_MIN,
  Whole,
} from "./_ethertype.ts";
import { ETHERTYPES } from "./_names.ts";
import { STATUS_NAMES, Step } from "./_transport.ts";

/** An Ethernet header. */
export interface Eth {
  /** Destination. */
  readonly dst: string;
  /** Source. */
  readonly src: string;
  /** EtherType (1536 and above, or 0); below that, the length of an 802.3 frame's data in bytes. */
  readonly type: number;
}

const HEADER = 14;

const type = u16("eth.type", "Type", {
  hex: true,
  values: ETHERTYPES,
  below: { value: TYPE_MIN, abbrev: "eth.len", name: "Length" },
  auto: (d) => d.bytes.length - HEADER <= LENGTH_MAX ? d.bytes.length - HEADER : 0,
});
const fcs = u32("eth.fcs", "Frame check sequence", { hex: true });
const fcsStatus = computed("eth.fcs.status", "FCS Status", () => -1, { values: STATUS_NAMES });

/** Ethernet. */
export const eth: Protocol<Eth> = protocol<Eth>({
  name: "eth",
  title: "Ethernet",
  label: "Ethernet",
  layer: "link",
  parents: {
    linktype: [1],
    ethertype: [0x6558],
    "ip.proto": [143],
    "gre.proto": [0x6558, 0x6400],
    "sll.ltype": [3],
    "llc.bridged": [7, 1],
    "chdlc.protocol": [0x6558],
    "ppp.bridged": [1],
  },
  fields: {
    _whole: new Whole(HEADER),
    dst: macAddress("eth.dst", "Destination", { also: "eth.addr" }),
    _dst: addressBits("dst"),
    src: macAddress("eth.src", "Source", { also: "eth.addr" }),
    _src: addressBits("src"),
    type,
    _type: new Instead(
      u16("eth.invalid_lentype", "Invalid length/type", { hex: true }),
      "eth.invalid_lentype",
      "type",
      emitType,
      (r) => r.test(12, 0xffff, TYPE_MIN, 0xffff),
    ),
    _trailer: trailing("eth.trailer", { at: 12, zero: false }, {
      length: checkSequence,
      fields: { _fcs: fcs, _fcsStatus: fcsStatus },
      emit(items, at) {
        const b = items.bytes;
        items.add(
          fcs.id,
          at,
          4,
          (b[at] << 24) | (b[at + 1] << 16) | (b[at + 2] << 8) | b[at + 3],
        );
        // As Wireshark without its preference to check it: hardware seldom leaves it as it was.
        items.add(fcsStatus.id, at, 0, ChecksumStatus.Unverified);
      },
    }),
  },
  next: { table: "ethertype", field: "type" },
  // Types up to where those begin that do not name what follows by themselves.
  plain: { at: 12, span: 2, min: TYPE_MIN, max: 0x886f },
  walk,
  summary,
});

function typeAt(b: Uint8Array, start: number): number {
  return (b[start + 12] << 8) | b[start + 13];
}

/** The two bits of the address just read that say what it is. */
function addressBits(side: "src" | "dst"): Step {
  const lg = flag(0x02_0000, `eth.${side}.lg`, "LG bit", { also: "eth.lg" });
  const ig = flag(0x01_0000, `eth.${side}.ig`, "IG bit", { also: "eth.ig" });
  (lg as Scalar<boolean>).span = (ig as Scalar<boolean>).span = 3;
  return new Step(
    (items) => {
      const at = items.at - 6, first = items.bytes[at];
      items.depth++;
      items.add(lg.id, at, 3, (first >> 1) & 1);
      items.add(ig.id, at, 3, first & 1);
      items.depth--;
    },
    [`eth.${side}.lg`, `eth.${side}.ig`, "eth.lg", "eth.ig"],
    [lg, ig],
    (r) => {
      const bit = (id: number, shift: number): RunField =>
        runField({
          id,
          read: RecipeRead.Big,
          at: -6,
          length: 3,
          mask: 1,
          shift,
          depth: 1,
        });
      r.run([bit(lg.id, 17), bit(ig.id, 16)], 0);
    },
  );
}

/** Zero is a type; what is neither length nor type has a name of its own. */
function emitType(items: Items, invalid: number): void {
  const value = typeAt(items.bytes, items.start);
  if (value >= TYPE_MIN || (value !== 0 && value <= LENGTH_MAX)) return;
  const rows = items.rows, last = items.used - ITEM, id = value === 0 ? type.id : invalid;
  // The row of the length, unless nobody asked for it.
  if (last >= 0 && rows[last + 1] === items.start + 12) {
    rows[last] = (rows[last] & ~FIELD_MASK) | (items.base + id);
  } else if (value !== 0) items.add(invalid, items.start + 12, 2, value);
}

function walk(w: Walker): void {
  const value = typeAt(w.bytes, w.start);
  if (w.used - LAYER === w.first) {
    const frames = w.frames!;
    if (
      frames.interfaces[frames.interfaceIds[w.packet]]?.fcsLength === 4 && w.reported - w.end >= 4
    ) w.close(w.reported - 4);
  }
  if (value >= TYPE_MIN || value === 0) toEthertype(w, value);
  else if (value <= LENGTH_MAX) to8023(w, value);
}

function summary(
  layer: { readonly bytes: Uint8Array; readonly start: number; readonly end: number },
  out: TextWriter,
): void {
  if (layer.end - layer.start < HEADER) return;
  const value = typeAt(layer.bytes, layer.start);
  if (value === 0 || value >= TYPE_MIN) out.ascii("Ethernet II");
  else if (value <= LENGTH_MAX) out.ascii("IEEE 802.3 Ethernet");
  else {
    out.ascii("Ethernet Unknown: Invalid length/type: 0x");
    out.ensure(24);
    out.hex(value, 4);
    out.ascii(" (");
    out.uint(value);
    out.ascii(")");
  }
}
