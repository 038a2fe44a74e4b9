/**
 * dpkt's module `udp`.
 *
 * @module
 */
import { Packet } from "./packet.ts";

export * from "./constants/udp.ts";

/** User Datagram Protocol (RFC 768). */
export class UDP extends Packet<UDP> {
  /** Source port. */
  declare sport: number;
  /** Destination port. */
  declare dport: number;
  /** Bytes of header and payload. Not filled in when packing, as in dpkt. */
  declare ulen: number;
  /** Checksum. Filled in by {@linkcode IP} and {@linkcode IP6} when they are packed, if zero. */
  declare sum: number;

  static {
    this.header<UDP>("UDP", [
      ["sport", "H", 0xdead],
      ["dport", "H", 0],
      ["ulen", "H", 8],
      ["sum", "H", 0],
    ]);
  }
}
