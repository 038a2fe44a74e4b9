/**
 * dpkt's module `loopback`.
 *
 * @module
 */
import { Ethernet } from "./ethernet.ts";
import { IP } from "./ip.ts";
import { IP6 } from "./ip6.ts";
import { Packet } from "./packet.ts";

/** BSD loopback (LINKTYPE_NULL, LINKTYPE_LOOP), little-endian as on most machines. */
export class Loopback extends Packet<Loopback> {
  /** Address family of the host that captured: 2 for IPv4; 24, 28 or 30 for IPv6. */
  declare family: number;
  /** Payload. */
  declare data: IP | IP6 | Ethernet | Uint8Array;

  static {
    this.header<Loopback>("Loopback", [["family", "I", 0]], { littleEndian: true });
  }

  /** Reads the header; the payload must be what the family says, or Ethernet. */
  override unpack(buf: Uint8Array): void {
    super.unpack(buf);
    const { family } = this, rest = buf.subarray(4);
    // A big-endian family stands in the high byte.
    const number = family > 0xffff && family % 0x1000000 === 0 ? family >>> 24 : family;
    if (number === 2 || number === 24 || number === 28 || number === 30) {
      if (number !== family) this.family = number;
      this.data = number === 2 ? this.inner(IP, rest) : this.inner(IP6, rest);
    } else this.data = this.inner(Ethernet, rest);
  }
}
