/**
 * IP Encapsulating Security Payload (RFC 4303). What it carries is encrypted.
 *
 * @module
 */
import { bytes, u32 } from "../core/field.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import type { TextWriter } from "../core/text_writer.ts";

/** An ESP packet. */
export interface Esp {
  /** Security parameters index. */
  readonly spi: number;
  /** Sequence number. */
  readonly sequence: number;
  /** Encrypted payload and integrity check value. */
  readonly data: Uint8Array;
}

const FIXED = 8;

/** IP Encapsulating Security Payload. */
export const esp: Protocol<Esp> = protocol<Esp>({
  name: "esp",
  title: "Encapsulating Security Payload",
  label: "ESP",
  layer: "internet",
  parents: { "ip.proto": [50] },
  fields: {
    spi: u32("esp.spi", "ESP SPI", { hex: true }),
    sequence: u32("esp.sequence", "ESP Sequence"),
    data: bytes("", "Encrypted Data"),
  },
  header: "rest",
  summary,
});

function summary(
  layer: { readonly bytes: Uint8Array; readonly start: number; readonly end: number },
  out: TextWriter,
): void {
  if (layer.end - layer.start < FIXED) return;
  const b = layer.bytes, s = layer.start;
  out.ascii("ESP (SPI=0x");
  out.ensure(16);
  out.hex((b[s] << 24) | (b[s + 1] << 16) | (b[s + 2] << 8) | b[s + 3], 8);
  out.ascii(")");
}
