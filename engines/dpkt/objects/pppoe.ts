/**
 * dpkt's module `pppoe`.
 *
 * @module
 */
import { PPP_IP } from "./constants/ppp.ts";
import { nameUpper, Packet, type PacketData } from "./packet.ts";
import { PPP as FramedPPP } from "./ppp.ts";

export * from "./constants/pppoe.ts";

/** PPP without address and control, as PPPoE carries it. */
export class PPP extends FramedPPP<PPP> {
  static {
    this.header<PPP>("PPP", [["p", "B", PPP_IP]]);
  }
}

/** PPP over Ethernet (RFC 2516). */
export class PPPoE extends Packet<PPPoE> {
  /** `v` and `type` in one field. */
  declare _v_type: number;
  /** Version. */
  declare v: number;
  /** Type. */
  declare type: number;
  /** Code, such as `PPPoE_PADI`; zero for sessions. */
  declare code: number;
  /** Session's number. */
  declare session: number;
  /** Bytes of payload. Not filled in when packing. */
  declare len: number;
  /** Payload: PPP in sessions, tags as bytes in discovery. */
  declare data: PPP | Packet | Uint8Array;
  /** `data`, if it is PPP. */
  declare readonly ppp?: PPP;

  static {
    this.header<PPPoE>("PPPoE", [
      ["_v_type", "B", 0x11],
      ["code", "B", 0],
      ["session", "H", 0],
      ["len", "H", 0],
    ], { bits: { _v_type: [["v", 4], ["type", 4]] } });
    nameUpper(this.prototype, PPP);
  }

  /** Payload by code. */
  protected override decode(): PacketData {
    return this.upper(this._buf[1] === 0 ? PPP : undefined, this._buf.subarray(6));
  }
}
