/**
 * Cisco MetaData: the security group of a frame, behind Ethernet (type last) or GRE (type first).
 *
 * @module
 */
import type { Walker } from "../core/catalogue.ts";
import { choose, inline, u16, u8 } from "../core/field.ts";
import type { Field } from "../core/field.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import type { TextWriter } from "../core/text_writer.ts";
import { ETHERTYPES } from "./_names.ts";

/** A Cisco MetaData header. */
export interface Cmd {
  /** EtherType of what follows. */
  readonly type: number;
  /** Version: 1. */
  readonly version: number;
  /** Length: 1. */
  readonly length: number;
  /** Options. */
  readonly options: number;
  /** Security group tag. */
  readonly sgt: number;
}

const HEADER = 8, VERSION = 1;
/** The least EtherType (IEEE 802.3 clause 3.2.6): what is less are version and length. */
const ETHERTYPE_MIN = 0x600;

/** Whether the type stands last, as behind Ethernet. */
function isTypeLast(b: Uint8Array, at: number): boolean {
  return ((b[at] << 8) | b[at + 1]) < ETHERTYPE_MIN;
}

function type(): Field<number> {
  return u16("cmd.type", "Type", { hex: true, values: ETHERTYPES });
}
function tag(): Record<string, Field<unknown>> {
  return {
    version: u8("cmd.version", "Version", { initial: VERSION }),
    length: u8("cmd.length", "Length", { initial: 1 }),
    options: u16("cmd.options", "Options", { hex: true, initial: 1 }),
    sgt: u16("cmd.sgt", "SGT"),
  };
}

/** Cisco MetaData. */
export const cmd: Protocol<Cmd> = protocol<Cmd>({
  name: "cmd",
  title: "Cisco MetaData",
  label: "CMD",
  layer: "link",
  parents: { ethertype: [0x8909] },
  fields: {
    _form: choose(
      (items) => items.at + 2 <= items.end && isTypeLast(items.bytes, items.at) ? 1 : 0,
      { 1: inline({ ...tag(), type: type() }) },
      inline({ type: type(), ...tag() }),
      () => 1,
    ),
  },
  fill: (next) => {
    const key = next?.spec.parents?.ethertype?.[0];
    return key === undefined ? undefined : { type: key };
  },
  walk(w: Walker): void {
    const b = w.bytes, s = w.start;
    w.end = s + HEADER;
    w.next = -2;
    if (w.end >= w.limit) return;
    const at = isTypeLast(b, s) ? s + 6 : s;
    w.to("ethertype", (b[at] << 8) | b[at + 1]);
  },
  summary(_layer: { readonly start: number }, out: TextWriter): void {
    out.ascii("Cisco MetaData");
  },
});
