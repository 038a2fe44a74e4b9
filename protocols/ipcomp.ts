/**
 * IP Payload Compression (RFC 3173). What is compressed stays so.
 *
 * @module
 */
import { u16, u8 } from "../core/field.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import type { TextWriter } from "../core/text_writer.ts";
import { IP_PROTOCOLS } from "./_names.ts";

/** The header of a compressed payload. */
export interface Ipcomp {
  /** Protocol number of what is compressed. */
  readonly nextHeader: number;
  /** Reserved. */
  readonly flags: number;
  /** Compression parameter index: up to 63 an algorithm, else negotiated. */
  readonly cpi: number;
}

const HEADER = 4;
const ALGORITHMS: Readonly<Record<number, string>> = {
  1: "OUI",
  2: "DEFLATE",
  3: "LZS",
};

/** IP Payload Compression. */
export const ipcomp: Protocol<Ipcomp> = protocol<Ipcomp>({
  name: "ipcomp",
  title: "IP Payload Compression",
  label: "IPComp",
  layer: "internet",
  parents: { "ip.proto": [108] },
  fields: {
    nextHeader: u8("ipcomp.next_header", "Next Header", { hex: true, values: IP_PROTOCOLS }),
    flags: u8("ipcomp.flags", "IPComp Flags", { hex: true }),
    cpi: u16("ipcomp.cpi", "IPComp CPI", { hex: true, values: ALGORITHMS }),
  },
  next: { table: "ipcomp.cpi", field: "cpi" },
  summary,
});

function summary(
  layer: { readonly bytes: Uint8Array; readonly start: number; readonly end: number },
  out: TextWriter,
): void {
  const b = layer.bytes, s = layer.start;
  if (layer.end - s < HEADER) return;
  const cpi = (b[s + 2] << 8) | b[s + 3];
  out.ascii("IPComp (CPI=");
  out.ascii(ALGORITHMS[cpi] ?? "0x");
  if (ALGORITHMS[cpi] === undefined) {
    out.ensure(16);
    out.hex(cpi, 4);
  }
  out.ascii(")");
}
