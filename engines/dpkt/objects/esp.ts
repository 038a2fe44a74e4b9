/**
 * dpkt's module `esp`.
 *
 * @module
 */
import { Packet } from "./packet.ts";

/** Encapsulating Security Payload (RFC 4303). */
export class ESP extends Packet<ESP> {
  /** Security parameters index. */
  declare spi: number;
  /** Sequence number. */
  declare seq: number;

  static {
    this.header<ESP>("ESP", [["spi", "I", 0], ["seq", "I", 0]]);
  }
}
