/**
 * dpkt's module `ah`.
 *
 * @module
 */
import type { IPData, NamedByIP } from "./ip.ts";
import { concat, dataBytes, EMPTY, Packet, type PacketData } from "./packet.ts";
import { IP_PROTOCOLS } from "./switches.ts";

/** Payload by name of its class. */
export interface AH extends NamedByIP {}

/** Authentication Header (RFC 4302). */
export class AH extends Packet<AH> {
  /** Next header. */
  declare nxt: number;
  /** Words of 4 bytes after the second. Not filled in when packing. */
  declare len: number;
  /** Reserved. */
  declare rsvd: number;
  /** Security parameters index. */
  declare spi: number;
  /** Sequence number. */
  declare seq: number;
  /** Integrity check value. */
  declare auth: Uint8Array;
  /** Payload, decoded by `nxt`. */
  declare data: IPData;

  static {
    this.header<AH>("AH", [
      ["nxt", "B", 0],
      ["len", "B", 0],
      ["rsvd", "H", 0],
      ["spi", "I", 0],
      ["seq", "I", 0],
    ]);
    Object.defineProperty(this.prototype, "auth", { value: EMPTY, writable: true });
  }

  /** Reads header and check value. */
  override unpack(buf: Uint8Array): void {
    super.unpack(buf);
    this.auth = buf.subarray(12, this.end(buf));
  }

  /** Where the payload begins. */
  private end(buf: Uint8Array): number {
    return 12 + Math.max(4 * buf[1] - 4, 0);
  }

  /** Payload by protocol. */
  protected override decode(): PacketData {
    const buf = this._buf;
    return this.upper(IP_PROTOCOLS.get(buf[0]), buf.subarray(this.end(buf)));
  }

  /** Bytes of header, check value and payload. */
  override __len__(): number {
    return this.__hdr_len__ + this.auth.length + this.data.length;
  }

  /** The packet's bytes. */
  override bytes(): Uint8Array {
    return concat(this.pack_hdr(), this.auth, dataBytes(this.data));
  }
}
