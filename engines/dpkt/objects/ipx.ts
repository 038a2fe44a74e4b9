/**
 * dpkt's module `ipx`.
 *
 * @module
 */
import { IPX_HDR_LEN } from "./constants/ipx.ts";
import { EMPTY, Packet } from "./packet.ts";

export * from "./constants/ipx.ts";

/** Internetwork Packet Exchange. */
export class IPX extends Packet<IPX> {
  /** Checksum, not used. */
  declare sum: number;
  /** Bytes of header and payload. */
  declare len: number;
  /** Hops. */
  declare tc: number;
  /** Packet type. */
  declare pt: number;
  /** Destination: network, node and socket, 12 bytes. */
  declare dst: Uint8Array;
  /** Source: network, node and socket, 12 bytes. */
  declare src: Uint8Array;

  static {
    this.header<IPX>("IPX", [
      ["sum", "H", 0xffff],
      ["len", "H", IPX_HDR_LEN],
      ["tc", "B", 0],
      ["pt", "B", 0],
      ["dst", "12s", EMPTY],
      ["src", "12s", EMPTY],
    ]);
  }
}
