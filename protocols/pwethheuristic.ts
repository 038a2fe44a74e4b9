/**
 * Ethernet pseudowires (RFC 4448): whether there is a control word is known to the ends of the wire only, so it is
 * guessed.
 *
 * @module
 */
import type { Walker } from "../core/catalogue.ts";
import { bits, u16 } from "../core/field.ts";
import { type Protocol, protocol } from "../core/protocol.ts";

/** The control word (RFC 4448 section 4.6). */
export interface PwEthCw {
  /** Always 0. */
  readonly reserved: number;
  /** Sequence number; 0 if not used. */
  readonly sequence: number;
}

const WORD = 4, LENGTH_MAX = 1500, ETHERNET = 14;

/** The guess itself; nothing stands on the wire. */
export const pwethheuristic: Protocol<object> = protocol<object>({
  name: "pwethheuristic",
  title: "Ethernet PW (CW heuristic)",
  label: "PW_Ethernet",
  layer: "link",
  parents: { "mpls.pw": [0] },
  fields: {},
  walk(w) {
    w.end = w.start;
    w.next = -1;
    w.to("mpls.pw", hasWord(w) ? 1 : 2);
  },
});

/** Whether the type or length of an Ethernet header at `at` is one that is known. */
function plausible(w: Walker, at: number): boolean {
  if (at + ETHERNET > w.limit) return false;
  const type = (w.bytes[at + 12] << 8) | w.bytes[at + 13];
  return type <= LENGTH_MAX || w.catalogue.find("ethertype", type) >= 0;
}

function hasWord(w: Walker): boolean {
  const b = w.bytes, s = w.start;
  if (b[s] >> 4 !== 0) return false;
  if (plausible(w, s + WORD)) return true;
  return !plausible(w, s);
}

/** An Ethernet pseudowire with a control word. */
export const pwethcw: Protocol<PwEthCw> = protocol<PwEthCw>({
  name: "pwethcw",
  title: "PW Ethernet Control Word",
  label: "PW_Control",
  layer: "link",
  parents: { "mpls.pw": [1] },
  fields: {
    reserved: bits(16, "", "Reserved", { hex: true }),
    sequence: u16("pweth.cw.sequence_number", "PW sequence number (ethernet)"),
  },
  walk(w) {
    w.end = w.start + WORD;
    w.to("linktype", 1);
  },
});

/** An Ethernet pseudowire without a control word. */
export const pwethnocw: Protocol<object> = protocol<object>({
  name: "pwethnocw",
  title: "Ethernet PW (no CW)",
  label: "PW_Plain",
  layer: "link",
  parents: { "mpls.pw": [2] },
  fields: {},
  walk(w) {
    w.end = w.start;
    w.to("linktype", 1);
  },
});
