/**
 * dpkt's module `icmp`.
 *
 * @module
 */
import { IP } from "./ip.ts";
import { nameUpper, Packet, type PacketClass, type PacketData, packSummed } from "./packet.ts";

export * from "./constants/icmp.ts";

/** Echo and its reply; `ICMP.Echo`. */
export class Echo extends Packet<Echo> {
  /** Identifier. */
  declare id: number;
  /** Sequence number. */
  declare seq: number;

  static {
    this.header<Echo>("Echo", [["id", "H", 0], ["seq", "H", 0]]);
  }
}

/** A message that quotes the packet it is about; `ICMP.Quote`. */
export class Quote<Self = unknown> extends Packet<Self> {
  /** Unused. */
  declare pad: number;
  /** The packet quoted. */
  declare data: IP | Uint8Array;
  /** The packet quoted. */
  declare readonly ip?: IP;

  static {
    this.header<Quote>("Quote", [["pad", "I", 0]]);
    nameUpper(this.prototype, IP);
  }

  /** Reads the message; what is quoted must begin with an IP header. */
  override unpack(buf: Uint8Array): void {
    super.unpack(buf);
    this.data = this.inner(IP, buf.subarray(this.__hdr_len__));
  }
}

/** Destination unreachable; `ICMP.Unreach`. */
export class Unreach extends Quote<Unreach> {
  /** MTU of the next hop (RFC 1191). */
  declare mtu: number;

  static {
    this.header<Unreach>("Unreach", [["pad", "H", 0], ["mtu", "H", 0]]);
  }
}

/** Source quench; `ICMP.Quench`. */
export class Quench extends Quote<Quench> {
  static {
    this.header("Quench");
  }
}

/** Redirect; `ICMP.Redirect`. */
export class Redirect extends Quote<Redirect> {
  /** Address of the router. */
  declare gw: number;

  static {
    this.header<Redirect>("Redirect", [["gw", "I", 0]]);
  }
}

/** Parameter problem; `ICMP.ParamProbe`. dpkt decodes no message as such. */
export class ParamProbe extends Quote<ParamProbe> {
  /** Where the problem is. */
  declare ptr: number;
  /** Unused. */
  declare pad1: number;
  /** Unused. */
  declare pad2: number;

  static {
    this.header<ParamProbe>("ParamProbe", [["ptr", "B", 0], ["pad1", "B", 0], ["pad2", "H", 0]]);
  }
}

/** Time exceeded; `ICMP.TimeExceed`. */
export class TimeExceed extends Quote<TimeExceed> {
  static {
    this.header("TimeExceed");
  }
}

/** What an ICMP message carries. */
export type ICMPData = Echo | Unreach | Quench | Redirect | TimeExceed | Packet | Uint8Array;

/** Bodies by type. */
const BODIES: ReadonlyMap<number, PacketClass> = new Map<number, PacketClass>([
  [0, Echo],
  [3, Unreach],
  [4, Quench],
  [5, Redirect],
  [8, Echo],
  [11, TimeExceed],
]);

/** Internet Control Message Protocol (RFC 792). */
export class ICMP extends Packet<ICMP> {
  /** Type. */
  declare type: number;
  /** Code. */
  declare code: number;
  /** Checksum. Filled in when packed, if zero. */
  declare sum: number;
  /** Body by type. */
  declare data: ICMPData;
  /** `data`, if it is an echo or its reply. */
  declare readonly echo?: Echo;
  /** `data`, if it is "destination unreachable". */
  declare readonly unreach?: Unreach;
  /** `data`, if it is a source quench. */
  declare readonly quench?: Quench;
  /** `data`, if it is a redirect. */
  declare readonly redirect?: Redirect;
  /** `data`, if it is "time exceeded". */
  declare readonly timeexceed?: TimeExceed;

  /** Body of an echo. */
  static readonly Echo: typeof Echo = Echo;
  /** Body with a quoted packet. */
  static readonly Quote: typeof Quote = Quote;
  /** Body of "destination unreachable". */
  static readonly Unreach: typeof Unreach = Unreach;
  /** Body of a source quench. */
  static readonly Quench: typeof Quench = Quench;
  /** Body of a redirect. */
  static readonly Redirect: typeof Redirect = Redirect;
  /** Body of a parameter problem. */
  static readonly ParamProbe: typeof ParamProbe = ParamProbe;
  /** Body of "time exceeded". */
  static readonly TimeExceed: typeof TimeExceed = TimeExceed;

  static {
    this.header<ICMP>("ICMP", [["type", "B", 8], ["code", "B", 0], ["sum", "H", 0]]);
    for (const kind of BODIES.values()) nameUpper(this.prototype, kind);
  }

  /** Body by type. */
  protected override decode(): PacketData {
    return this.upper(BODIES.get(this._buf[0]), this._buf.subarray(4));
  }

  /** The message's bytes, with its checksum. */
  override bytes(): Uint8Array {
    return packSummed(this);
  }
}
