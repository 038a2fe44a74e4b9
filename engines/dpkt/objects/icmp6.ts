/**
 * dpkt's module `icmp6`.
 *
 * @module
 */
import { Echo } from "./icmp.ts";
import { IP6 } from "./ip6.ts";
import { nameUpper, Packet, type PacketClass, type PacketData } from "./packet.ts";

export * from "./constants/icmp6.ts";
export { Echo };

/** A message that quotes the packet it is about; `ICMP6.Error`. */
export class ICMP6Error<Self = unknown> extends Packet<Self> {
  /** Unused. */
  declare pad: number;
  /** The packet quoted. */
  declare data: IP6 | Uint8Array;
  /** The packet quoted. */
  declare readonly ip6?: IP6;

  static {
    this.header<ICMP6Error>("Error", [["pad", "I", 0]]);
    nameUpper(this.prototype, IP6);
  }

  /** Reads the message; what is quoted must begin with an IPv6 header. */
  override unpack(buf: Uint8Array): void {
    super.unpack(buf);
    this.data = this.inner(IP6, buf.subarray(this.__hdr_len__));
  }
}

/** Destination unreachable; `ICMP6.Unreach`. */
export class Unreach extends ICMP6Error<Unreach> {
  static {
    this.header("Unreach");
  }
}

/** Packet too big; `ICMP6.TooBig`. */
export class TooBig extends ICMP6Error<TooBig> {
  /** MTU of the next hop. */
  declare mtu: number;

  static {
    this.header<TooBig>("TooBig", [["mtu", "I", 1232]]);
  }
}

/** Time exceeded; `ICMP6.TimeExceed`. */
export class TimeExceed extends ICMP6Error<TimeExceed> {
  static {
    this.header("TimeExceed");
  }
}

/** Parameter problem; `ICMP6.ParamProb`. */
export class ParamProb extends ICMP6Error<ParamProb> {
  /** Where the problem is. */
  declare ptr: number;

  static {
    this.header<ParamProb>("ParamProb", [["ptr", "I", 0]]);
  }
}

/** Bodies by type. */
const BODIES: ReadonlyMap<number, PacketClass> = new Map<number, PacketClass>([
  [1, Unreach],
  [2, TooBig],
  [3, TimeExceed],
  [4, ParamProb],
  [128, Echo],
  [129, Echo],
]);

/** What an ICMPv6 message carries. */
export type ICMP6Data = Unreach | TooBig | TimeExceed | ParamProb | Echo | Packet | Uint8Array;

/** Internet Control Message Protocol for IPv6 (RFC 4443). */
export class ICMP6 extends Packet<ICMP6> {
  /** Type. */
  declare type: number;
  /** Code. */
  declare code: number;
  /** Checksum. Filled in by {@linkcode IP6} when it is packed, if zero. */
  declare sum: number;
  /** Body by type. */
  declare data: ICMP6Data;
  /** `data`, if it is "destination unreachable". */
  declare readonly unreach?: Unreach;
  /** `data`, if it is "packet too big". */
  declare readonly toobig?: TooBig;
  /** `data`, if it is "time exceeded". */
  declare readonly timeexceed?: TimeExceed;
  /** `data`, if it is a parameter problem. */
  declare readonly paramprob?: ParamProb;
  /** `data`, if it is an echo or its reply. */
  declare readonly echo?: Echo;

  /** Body with a quoted packet. */
  static readonly Error: typeof ICMP6Error = ICMP6Error;
  /** Body of "destination unreachable". */
  static readonly Unreach: typeof Unreach = Unreach;
  /** Body of "packet too big". */
  static readonly TooBig: typeof TooBig = TooBig;
  /** Body of "time exceeded". */
  static readonly TimeExceed: typeof TimeExceed = TimeExceed;
  /** Body of a parameter problem. */
  static readonly ParamProb: typeof ParamProb = ParamProb;
  /** Body of an echo. */
  static readonly Echo: typeof Echo = Echo;

  static {
    this.header<ICMP6>("ICMP6", [["type", "B", 0], ["code", "B", 0], ["sum", "H", 0]]);
    for (const kind of BODIES.values()) nameUpper(this.prototype, kind);
  }

  /** Body by type. */
  protected override decode(): PacketData {
    return this.upper(BODIES.get(this._buf[0]), this._buf.subarray(4));
  }
}
