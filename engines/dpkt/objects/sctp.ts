/**
 * dpkt's module `sctp`.
 *
 * @module
 */
import { DATA, INIT } from "./constants/sctp.ts";
import { crc32c, swap32 } from "./crc.ts";
import { concat, dataBytes, EMPTY, Packet } from "./packet.ts";

export * from "./constants/sctp.ts";

/** A chunk (RFC 9260 section 3.2). */
export class Chunk extends Packet<Chunk> {
  /** Type. */
  declare type: number;
  /** Flags. */
  declare flags: number;
  /** Bytes of header and value. Not filled in when packing. */
  declare len: number;
  /** Padding after the value of a DATA chunk. */
  declare padding: Uint8Array;
  /** Value. */
  declare data: Uint8Array;

  static {
    this.header<Chunk>("Chunk", [["type", "B", INIT], ["flags", "B", 0], ["len", "H", 0]]);
  }

  /** Reads header, value and padding. */
  override unpack(buf: Uint8Array): void {
    super.unpack(buf);
    const length = (buf[2] << 8) | buf[3];
    // A length below the header's counts from the end, in Python as here.
    this.data = buf.subarray(4).subarray(0, length - 4);
    const odd = length % 4, end = 4 + this.data.length;
    this.padding = buf[0] === DATA && odd > 0 ? buf.subarray(end, end + 4 - odd) : EMPTY;
  }

  /** Bytes of header, value and padding, by `len`. */
  override __len__(): number {
    return this.len + this.padding.length;
  }

  /** The chunk's bytes. */
  override bytes(): Uint8Array {
    return concat(this.pack_hdr(), dataBytes(this.data), this.padding ?? EMPTY);
  }
}

/** Stream Control Transmission Protocol (RFC 9260). */
export class SCTP extends Packet<SCTP> {
  /** Source port. */
  declare sport: number;
  /** Destination port. */
  declare dport: number;
  /** Verification tag. */
  declare vtag: number;
  /** Checksum (CRC-32C). Filled in when packed, if zero. */
  declare sum: number;
  /** Chunks. */
  declare chunks: Chunk[];
  /** Nothing: all is in `chunks`. */
  declare data: Uint8Array;

  static {
    this.header<SCTP>("SCTP", [
      ["sport", "H", 0],
      ["dport", "H", 0],
      ["vtag", "I", 0],
      ["sum", "I", 0],
    ]);
  }

  /** Reads header and chunks. */
  override unpack(buf: Uint8Array): void {
    super.unpack(buf);
    this.chunks = [];
    for (let rest = buf.subarray(12); rest.length > 0;) {
      const chunk = new Chunk(rest);
      this.chunks.push(chunk);
      if (chunk.__len__() === 0) break;
      rest = rest.subarray(chunk.__len__());
    }
    this.data = EMPTY;
  }

  /** Bytes of header and chunks. */
  override __len__(): number {
    return (this.chunks ?? []).reduce((sum, c) => sum + c.__len__(), this.__hdr_len__);
  }

  /** The packet's bytes, with its checksum. */
  override bytes(): Uint8Array {
    const chunks = (this.chunks ?? []).map((c) => c.bytes());
    if (this.sum === 0) this.sum = swap32(crc32c(this.pack_hdr(), ...chunks));
    return concat(this.pack_hdr(), ...chunks);
  }
}
