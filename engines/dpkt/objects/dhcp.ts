/**
 * dpkt's module `dhcp`.
 *
 * @module
 */
import { ARP_HRD_ETH } from "./constants/arp.ts";
import {
  DHCP_MAGIC,
  DHCP_OP_REQUEST,
  DHCP_OPT_DNS_SVRS,
  DHCP_OPT_MSGTYPE,
  DHCP_OPT_NETMASK,
  DHCP_OPT_PARAM_REQ,
  DHCP_OPT_REQ_IP,
  DHCP_OPT_ROUTER,
  DHCPDISCOVER,
} from "./constants/dhcp.ts";
import { concat, dataBytes, EMPTY, NeedData, Packet, uints } from "./packet.ts";

export * from "./constants/dhcp.ts";

/** Dynamic Host Configuration Protocol (RFC 2131). */
export class DHCP extends Packet<DHCP> {
  /** Operation: `DHCP_OP_REQUEST` or `DHCP_OP_REPLY`. */
  declare op: number;
  /** Hardware type. */
  declare hrd: number;
  /** Bytes of a hardware address. */
  declare hln: number;
  /** Hops. */
  declare hops: number;
  /** Transaction's number. */
  declare xid: number;
  /** Seconds since the client began. */
  declare secs: number;
  /** Flags. */
  declare flags: number;
  /** Client's address. */
  declare ciaddr: number;
  /** Address offered to the client. */
  declare yiaddr: number;
  /** Server's address. */
  declare siaddr: number;
  /** Relay agent's address. */
  declare giaddr: number;
  /** Client's hardware address: `hln` bytes when read, 16 when packed. */
  declare chaddr: Uint8Array;
  /** Server's name, in 64 bytes. */
  declare sname: Uint8Array;
  /** Boot file's name, in 128 bytes. */
  declare file: Uint8Array;
  /** Cookie before the options. */
  declare magic: number;
  /** Options: codes and values. */
  declare opts: [code: number, value: Uint8Array][];

  static {
    this.header<DHCP>("DHCP", [
      ["op", "B", DHCP_OP_REQUEST],
      ["hrd", "B", ARP_HRD_ETH],
      ["hln", "B", 6],
      ["hops", "B", 0],
      ["xid", "I", 0xdeadbeef],
      ["secs", "H", 0],
      ["flags", "H", 0],
      ["ciaddr", "I", 0],
      ["yiaddr", "I", 0],
      ["siaddr", "I", 0],
      ["giaddr", "I", 0],
      ["chaddr", "16s", new Uint8Array(16)],
      ["sname", "64s", new Uint8Array(64)],
      ["file", "128s", new Uint8Array(128)],
      ["magic", "I", DHCP_MAGIC],
    ]);
    Object.defineProperty(this.prototype, "opts", {
      get: (): [number, Uint8Array][] => [
        [DHCP_OPT_MSGTYPE, Uint8Array.of(DHCPDISCOVER)],
        [
          DHCP_OPT_PARAM_REQ,
          Uint8Array.of(DHCP_OPT_REQ_IP, DHCP_OPT_ROUTER, DHCP_OPT_NETMASK, DHCP_OPT_DNS_SVRS),
        ],
      ],
      set(this: DHCP, value: [number, Uint8Array][]) {
        Object.defineProperty(this, "opts", { value, writable: true, enumerable: true });
      },
    });
  }

  /** Reads header and options. */
  override unpack(buf: Uint8Array): void {
    super.unpack(buf);
    this.chaddr = this.chaddr.slice(0, this.hln);
    const opts: [number, Uint8Array][] = [];
    let at = this.__hdr_len__;
    while (at < buf.length) {
      const code = buf[at++];
      if (code === 0xff) break;
      if (code === 0) continue;
      if (at >= buf.length) throw new NeedData("DHCP: option is cut");
      opts.push([code, buf.subarray(at + 1, at + 1 + buf[at])]);
      at += 1 + buf[at];
    }
    this.opts = opts;
    this.data = at < buf.length ? buf.subarray(at) : EMPTY;
  }

  /** Bytes of header, options, their end and what follows. */
  override __len__(): number {
    return this.opts.reduce((sum, [, value]) => sum + 2 + value.length, this.__hdr_len__ + 1) +
      this.data.length;
  }

  /** The options' bytes. */
  pack_opts(): Uint8Array {
    if (this.opts.length === 0) return EMPTY;
    const parts = this.opts.flatMap(([code, value]) => [uints([1, 1], code, value.length), value]);
    return concat(...parts, Uint8Array.of(0xff));
  }

  /** The message's bytes. */
  override bytes(): Uint8Array {
    return concat(this.pack_hdr(), this.pack_opts(), dataBytes(this.data));
  }
}
