// deno-lint-ignore-file camelcase -- the names are dpkt's
/**
 * dpkt's module `cdp`.
 *
 * @module
 */
import { CDP_ADDRESS } from "./constants/cdp.ts";
import { concat, dataBytes, in_cksum, Packet } from "./packet.ts";

export * from "./constants/cdp.ts";

/** Type, length, value; `CDP.TLV`. */
export class TLV<Self = unknown> extends Packet<Self> {
  /** Type. */
  declare type: number;
  /** Bytes of type, length and value. Filled in when packed, if zero. */
  declare len: number;

  static {
    this.header<TLV>("TLV", [["type", "H", 0], ["len", "H", 0]]);
  }

  /** Bytes of the value, by what the header says. */
  data_len(): number {
    return this.len ? this.len - this.__hdr_len__ : this.data.length;
  }

  /** Reads header and value. */
  override unpack(buf: Uint8Array): void {
    super.unpack(buf);
    // A length below the header's counts from the end, in Python as here.
    this.data = buf.subarray(this.__hdr_len__).subarray(0, this.data_len());
  }

  /** The value's bytes with what stands before. */
  override bytes(): Uint8Array {
    if (this.len === 0) this.len = this.__len__();
    return concat(this.pack_hdr(), dataBytes(this.data));
  }
}

/** An address; `CDP.Address`. */
export class Address extends TLV<Address> {
  /** Type of the protocol's number. */
  declare ptype: number;
  /** Bytes of the protocol's number. */
  declare plen: number;
  /** Protocol, such as 0xcc for IP. */
  declare p: number;
  /** Bytes of the address. */
  declare alen: number;

  static {
    this.header<Address>("Address", [
      ["ptype", "B", 1],
      ["plen", "B", 1],
      ["p", "B", 0xcc],
      ["alen", "H", 4],
    ]);
  }

  /** Bytes of the address. */
  override data_len(): number {
    return this.alen;
  }

  /** The address's bytes with what stands before. */
  override bytes(): Uint8Array {
    return concat(this.pack_hdr(), dataBytes(this.data));
  }
}

/** A list of addresses; `CDP.TLV_Addresses`. */
export class TLV_Addresses extends TLV<TLV_Addresses> {
  /** Number of addresses. */
  declare Addresses: number;

  static {
    this.header<TLV_Addresses>("TLV_Addresses", [
      ["type", "H", CDP_ADDRESS],
      ["len", "H", 0],
      ["Addresses", "I", 1],
    ]);
  }
}

/** Cisco Discovery Protocol. */
export class CDP extends Packet<CDP> {
  /** Version. */
  declare version: number;
  /** Seconds to keep what is said. */
  declare ttl: number;
  /** Checksum. Filled in when packed, if zero. */
  declare sum: number;
  /** Values with type and length, packed. */
  declare tlvs: Uint8Array[];
  /** The values, packed. */
  declare data: Uint8Array;

  /** Type, length, value. */
  static readonly TLV: typeof TLV = TLV;
  /** An address. */
  static readonly Address: typeof Address = Address;
  /** A list of addresses. */
  static readonly TLV_Addresses: typeof TLV_Addresses = TLV_Addresses;

  static {
    this.header<CDP>("CDP", [["version", "B", 2], ["ttl", "B", 180], ["sum", "H", 0]]);
  }

  /** Reads header and values. */
  override unpack(buf: Uint8Array): void {
    super.unpack(buf);
    const tlvs: Uint8Array[] = [];
    for (let rest = buf.subarray(4); rest.length > 0;) {
      let tlv: TLV<unknown> = new TLV(rest);
      if (tlv.type === CDP_ADDRESS) tlv = new TLV_Addresses(rest);
      tlvs.push(tlv.bytes());
      rest = rest.subarray(tlv.__len__());
    }
    this.tlvs = tlvs;
    this.data = concat(...tlvs);
  }

  /** The packet's bytes, with its checksum. */
  override bytes(): Uint8Array {
    const rest = dataBytes(this.data);
    if (!this.sum) this.sum = in_cksum(concat(this.pack_hdr(), rest));
    return concat(this.pack_hdr(), rest);
  }
}
