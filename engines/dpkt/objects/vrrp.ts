/**
 * dpkt's module `vrrp`.
 *
 * @module
 */
import { concat, EMPTY, in_cksum, Packet } from "./packet.ts";

/** Virtual Router Redundancy Protocol, version 2 (RFC 3768). */
export class VRRP extends Packet<VRRP> {
  /** `v` and `type` in one field. */
  declare _v_type: number;
  /** Version. */
  declare v: number;
  /** Type. */
  declare type: number;
  /** Virtual router's number. */
  declare vrid: number;
  /** Priority. */
  declare priority: number;
  /** Number of addresses. Not filled in when packing. */
  declare count: number;
  /** Authentication type. */
  declare atype: number;
  /** Seconds between advertisements. */
  declare advtime: number;
  /** Checksum. Filled in when packed, if zero. */
  declare sum: number;
  /** Addresses, 4 bytes each. */
  declare addrs: Uint8Array[];
  /** Authentication. */
  declare auth: Uint8Array;
  /** Nothing. */
  declare data: Uint8Array;

  static {
    this.header<VRRP>("VRRP", [
      ["_v_type", "B", 0x21],
      ["vrid", "B", 0],
      ["priority", "B", 0],
      ["count", "B", 0],
      ["atype", "B", 0],
      ["advtime", "B", 0],
      ["sum", "H", 0],
    ], { bits: { _v_type: [["v", 4], ["type", 4]] } });
    Object.defineProperty(this.prototype, "addrs", { value: Object.freeze([]), writable: true });
    Object.defineProperty(this.prototype, "auth", { value: EMPTY, writable: true });
  }

  /** Reads addresses and authentication. */
  override unpack(buf: Uint8Array): void {
    super.unpack(buf);
    const many = buf[3], rest = buf.subarray(8);
    this.addrs = Array.from({ length: many }, (_, i) => rest.subarray(i * 4, i * 4 + 4));
    // dpkt skips 4 bytes even if there is no address.
    this.auth = rest.subarray(Math.max(1, many) * 4);
    this.data = EMPTY;
  }

  /** Bytes of the message, by `count`. */
  override __len__(): number {
    return this.__hdr_len__ + 4 * this.count + this.auth.length;
  }

  /** The message's bytes, with its checksum. */
  override bytes(): Uint8Array {
    const rest = concat(...this.addrs, this.auth);
    if (!this.sum) this.sum = in_cksum(concat(this.pack_hdr(), rest));
    return concat(this.pack_hdr(), rest);
  }
}
