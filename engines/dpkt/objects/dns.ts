// deno-lint-ignore-file camelcase -- the names are dpkt's
/**
 * dpkt's module `dns`.
 *
 * @module
 */
import { HEX } from "../../../core/address.ts";
import { NAME_BYTES_MAX, NAME_POINTERS_MAX } from "../../../core/limits.ts";
import {
  DNS_A,
  DNS_AA,
  DNS_AAAA,
  DNS_CNAME,
  DNS_HINFO,
  DNS_IN,
  DNS_MX,
  DNS_NS,
  DNS_NULL,
  DNS_OPT,
  DNS_PTR,
  DNS_QR,
  DNS_RA,
  DNS_RD,
  DNS_SOA,
  DNS_SRV,
  DNS_TC,
  DNS_TXT,
  DNS_Z,
} from "./constants/dns.ts";
import {
  concat,
  EMPTY,
  type Init,
  NeedData,
  PackError,
  Packet,
  readUint,
  uints,
  UnpackError,
} from "./packet.ts";

export * from "./constants/dns.ts";

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
/** The first place that a compression pointer of 14 bits cannot reach (RFC 1035 section 4.1.4). */
const POINTERS_END = 0x4000;

/** Bytes as text; what is no UTF-8 is no name or text of DNS, for dpkt. */
function text(bytes: Uint8Array): string {
  try {
    return DECODER.decode(bytes);
  } catch {
    throw new UnpackError("name or text is not UTF-8");
  }
}

/**
 * Packs a name for offset `off`, with pointers to the names in `label_ptrs`, which learns the new ones.
 *
 * @throws {PackError} If a label is longer than 255 bytes.
 */
export function pack_name(name: string, off: number, label_ptrs: Map<string, number>): Uint8Array {
  const labels = name === "" ? [] : name.split(".");
  const parts: Uint8Array[] = [];
  let at = off;
  for (let i = 0; i <= labels.length; i++) {
    // As dpkt does, letters outside ASCII keep their case.
    const key = [...labels.slice(i), ""].join(".").replace(/[a-z]+/g, (s) => s.toUpperCase());
    const known = i < labels.length ? label_ptrs.get(key) : undefined;
    if (known !== undefined) {
      parts.push(uints([2], 0xc000 | known));
      break;
    }
    if (key.length > 1 && at < POINTERS_END) label_ptrs.set(key, at);
    const label = ENCODER.encode(labels[i] ?? "");
    parts.push(uints([1], label.length), label);
    at += label.length + 1;
  }
  return concat(...parts);
}

/**
 * Reads a name at `off`: the name, and where it ends.
 *
 * @throws {NeedData} If the name is cut.
 * @throws {UnpackError} If it is longer than 255 bytes, or a pointer does not point backwards.
 */
export function unpack_name(buf: Uint8Array, off: number): [name: string, off: number] {
  const labels: Uint8Array[] = [];
  let end = 0, start = off, length = 0, pointers = 0;
  for (;;) {
    if (off >= buf.length) throw new NeedData("name is cut");
    const n = buf[off];
    if (n === 0) {
      off++;
      break;
    }
    if (n >= 0xc0) {
      const to = readUint(buf, off, 2) & 0x3fff;
      if (to >= start || ++pointers > NAME_POINTERS_MAX) {
        throw new UnpackError("invalid label compression pointer");
      }
      end ||= off + 2;
      start = off = to;
    } else if (n < 0x40) {
      labels.push(buf.subarray(off + 1, off + 1 + n));
      length += n + 1;
      if (length > NAME_BYTES_MAX) throw new UnpackError("name longer than 255 bytes");
      off += n + 1;
    } else throw new UnpackError(`invalid label length ${HEX[n]}`);
  }
  const dot = Uint8Array.of(46);
  return [text(concat(...labels.flatMap((l, i) => i > 0 ? [dot, l] : [l]))), end || off];
}

/** A question; `DNS.Q`. */
export class Q<Self = unknown> extends Packet<Self> {
  /** Name. */
  declare name: string;
  /** Record type, such as `DNS_A`. */
  declare type: number;
  /** Class, such as `DNS_IN`. */
  declare cls: number;

  static {
    this.header<Q>("Q", [["name", "0s", ""], ["type", "H", DNS_A], ["cls", "H", DNS_IN]]);
  }

  /**
   * A question has no length of its own: that of its name depends on the message.
   *
   * @throws {PackError} Always.
   */
  override __len__(): number {
    throw new PackError("questions and records are packed by DNS");
  }
  /**
   * A question stands in a message; {@linkcode DNS} packs it.
   *
   * @throws {PackError} Always.
   */
  override bytes(): Uint8Array {
    throw new PackError("questions and records are packed by DNS");
  }
  /**
   * A question stands in a message; {@linkcode DNS} reads it.
   *
   * @throws {UnpackError} Always.
   */
  override unpack(_buf: Uint8Array): void {
    throw new UnpackError("questions and records are unpacked by DNS");
  }
}

/** A resource record; `DNS.RR`. */
export class RR extends Q<RR> {
  /** Time to live in seconds. */
  declare ttl: number;
  /** Bytes of `rdata` as read. Filled in when packed. */
  declare rlen: number;
  /** Value as it is. Takes precedence over the attributes below when packed, if it is not empty. */
  declare rdata: Uint8Array;
  /** A: address, 4 bytes. */
  declare ip?: Uint8Array;
  /** AAAA: address, 16 bytes. */
  declare ip6?: Uint8Array;
  /** NS: name of the server. */
  declare nsname?: string;
  /** CNAME: the name that this one stands for. */
  declare cname?: string;
  /** PTR: name. */
  declare ptrname?: string;
  /** SOA: name of the first server. */
  declare mname?: string;
  /** SOA: mailbox of who is responsible. */
  declare rname?: string;
  /** SOA: serial number. */
  declare serial?: number;
  /** SOA: seconds until secondary servers ask again. */
  declare refresh?: number;
  /** SOA: seconds until they try again. */
  declare retry?: number;
  /** SOA: seconds until they give up. */
  declare expire?: number;
  /** SOA: seconds that names not found are remembered. */
  declare minimum?: number;
  /** MX: preference. dpkt has a tuple of one here. */
  declare preference?: number;
  /** MX: name of the server. */
  declare mxname?: string;
  /** TXT, HINFO: strings. */
  declare text?: string[];
  /** NULL: value in hexadecimal. */
  declare null?: Uint8Array;
  /** SRV: priority. */
  declare priority?: number;
  /** SRV: weight. */
  declare weight?: number;
  /** SRV: port. */
  declare port?: number;
  /** SRV: name of the server. */
  declare srvname?: string;

  static {
    this.header<RR>("RR", [
      ["name", "0s", ""],
      ["type", "H", DNS_A],
      ["cls", "H", DNS_IN],
      ["ttl", "I", 0],
      ["rlen", "H", 4],
      ["rdata", "0s", EMPTY],
    ]);
  }

  /**
   * The value's bytes, for offset `off`.
   *
   * @throws {PackError} If dpkt does not know the type and there is no `rdata`, or an attribute is missing.
   */
  pack_rdata(off: number, label_ptrs: Map<string, number>): Uint8Array {
    if (this.rdata.length > 0) return this.rdata;
    const name = (n: string | undefined, at: number): Uint8Array => {
      if (n === undefined) throw new PackError(`RR type ${this.type} without its name`);
      return pack_name(n, at, label_ptrs);
    };
    switch (this.type) {
      case DNS_A:
        return this.ip ?? EMPTY;
      case DNS_AAAA:
        return this.ip6 ?? EMPTY;
      case DNS_NS:
        return name(this.nsname, off);
      case DNS_CNAME:
        return name(this.cname, off);
      case DNS_PTR:
        return name(this.ptrname, off);
      case DNS_SOA: {
        const mname = name(this.mname, off);
        const rname = name(this.rname, off + mname.length);
        const { serial = 0, refresh = 0, retry = 0, expire = 0, minimum = 0 } = this;
        const numbers = uints([4, 4, 4, 4, 4], serial, refresh, retry, expire, minimum);
        return concat(mname, rname, numbers);
      }
      case DNS_MX:
        return concat(uints([2], this.preference ?? 0), name(this.mxname, off + 2));
      case DNS_TXT:
      case DNS_HINFO:
        return concat(...(this.text ?? []).flatMap((t) => {
          const bytes = ENCODER.encode(t);
          return [uints([1], bytes.length), bytes];
        }));
      case DNS_SRV: {
        const { priority = 0, weight = 0, port = 0 } = this;
        return concat(uints([2, 2, 2], priority, weight, port), name(this.srvname, off + 6));
      }
      case DNS_OPT:
        return EMPTY;
      default:
        throw new PackError(`RR type ${this.type} is not supported`);
    }
  }

  /**
   * Reads the value at `off` of the message.
   *
   * @throws {UnpackError} If dpkt does not know the type.
   */
  unpack_rdata(buf: Uint8Array, off: number): void {
    const { rdata } = this;
    switch (this.type) {
      case DNS_A:
        this.ip = rdata;
        break;
      case DNS_AAAA:
        this.ip6 = rdata;
        break;
      case DNS_NS:
        [this.nsname] = unpack_name(buf, off);
        break;
      case DNS_CNAME:
        [this.cname] = unpack_name(buf, off);
        break;
      case DNS_PTR:
        [this.ptrname] = unpack_name(buf, off);
        break;
      case DNS_SOA:
        [this.mname, off] = unpack_name(buf, off);
        [this.rname, off] = unpack_name(buf, off);
        this.serial = readUint(buf, off, 4);
        this.refresh = readUint(buf, off + 4, 4);
        this.retry = readUint(buf, off + 8, 4);
        this.expire = readUint(buf, off + 12, 4);
        this.minimum = readUint(buf, off + 16, 4);
        break;
      case DNS_MX:
        this.preference = readUint(rdata, 0, 2);
        [this.mxname] = unpack_name(buf, off + 2);
        break;
      case DNS_TXT:
      case DNS_HINFO:
        this.text = [];
        for (let at = 0; at < rdata.length; at += 1 + rdata[at]) {
          this.text.push(text(rdata.subarray(at + 1, at + 1 + rdata[at])));
        }
        break;
      case DNS_NULL:
        this.null = ENCODER.encode(Array.from(rdata, (b) => HEX[b]).join(""));
        break;
      case DNS_SRV:
        this.priority = readUint(rdata, 0, 2);
        this.weight = readUint(rdata, 2, 2);
        this.port = readUint(rdata, 4, 2);
        [this.srvname] = unpack_name(buf, off + 6);
        break;
      case DNS_OPT:
        break;
      default:
        throw new UnpackError(`RR type ${this.type} is not supported`);
    }
  }
}

/** Domain Name System (RFC 1035). */
export class DNS extends Packet<DNS> {
  /** Identification. */
  declare id: number;
  /** Flags, opcode and response code in one field. */
  declare op: number;
  /** Questions. */
  declare qd: Q[];
  /** Answers. */
  declare an: RR[];
  /** Records of authoritative servers. */
  declare ns: RR[];
  /** Additional records. */
  declare ar: RR[];
  /** Nothing: all is in the lists. */
  declare data: Uint8Array;

  /** A question. */
  static readonly Q: typeof Q = Q;
  /** A resource record. */
  static readonly RR: typeof RR = RR;

  static {
    this.header<DNS>("DNS", [
      ["id", "H", 0],
      ["op", "H", DNS_RD],
      ["qd", "H", []],
      ["an", "H", []],
      ["ns", "H", []],
      ["ar", "H", []],
    ]);
  }

  /**
   * Reads a message, or makes one.
   *
   * @throws {UnpackError} If it is no message, or has a record of a type that dpkt does not know.
   */
  constructor(from?: Uint8Array | Init<DNS>) {
    super(from);
    if (from instanceof Uint8Array) return;
    // Lists of its own: the defaults are shared.
    for (const list of LISTS) if (!from?.[list]) this[list] = [];
  }

  /** Whether a flag is set. */
  private flag(bit: number): number {
    return this.op & bit ? 1 : 0;
  }
  /** Sets or clears a flag. */
  private setFlag(bit: number, on: number | boolean): void {
    this.op = on ? this.op | bit : this.op & ~bit;
  }

  /** Response flag. */
  get qr(): number {
    return this.flag(DNS_QR);
  }
  set qr(on: number | boolean) {
    this.setFlag(DNS_QR, on);
  }
  /** Opcode. */
  get opcode(): number {
    return (this.op >> 11) & 0xf;
  }
  set opcode(v: number) {
    this.op = (this.op & ~0x7800) | ((v & 0xf) << 11);
  }
  /** "Authoritative answer" flag. */
  get aa(): number {
    return this.flag(DNS_AA);
  }
  set aa(on: number | boolean) {
    this.setFlag(DNS_AA, on);
  }
  /** "Truncated" flag. */
  get tc(): number {
    return this.flag(DNS_TC);
  }
  set tc(on: number | boolean) {
    this.setFlag(DNS_TC, on);
  }
  /** "Recursion desired" flag. */
  get rd(): number {
    return this.flag(DNS_RD);
  }
  set rd(on: number | boolean) {
    this.setFlag(DNS_RD, on);
  }
  /** "Recursion available" flag. */
  get ra(): number {
    return this.flag(DNS_RA);
  }
  set ra(on: number | boolean) {
    this.setFlag(DNS_RA, on);
  }
  /** Reserved flag. */
  get zero(): number {
    return this.flag(DNS_Z);
  }
  set zero(on: number | boolean) {
    this.setFlag(DNS_Z, on);
  }
  /** Response code. */
  get rcode(): number {
    return this.op & 0xf;
  }
  set rcode(v: number) {
    this.op = (this.op & ~0xf) | (v & 0xf);
  }

  /** Reads the whole message. */
  override unpack(buf: Uint8Array): void {
    super.unpack(buf);
    let off = 12;
    const questions: Q[] = [];
    for (let n = readUint(buf, 4, 2); n > 0; n--) {
      const q = new Q();
      [q.name, off] = unpack_name(buf, off);
      q.type = readUint(buf, off, 2);
      q.cls = readUint(buf, off + 2, 2);
      off += 4;
      questions.push(q);
    }
    this.qd = questions;
    for (const [i, list] of RECORDS.entries()) {
      const records: RR[] = [];
      for (let n = readUint(buf, 6 + i * 2, 2); n > 0; n--) {
        const rr = new RR();
        [rr.name, off] = unpack_name(buf, off);
        rr.type = readUint(buf, off, 2);
        rr.cls = readUint(buf, off + 2, 2);
        rr.ttl = readUint(buf, off + 4, 4);
        rr.rlen = readUint(buf, off + 8, 2);
        off += 10;
        rr.rdata = buf.subarray(off, off + rr.rlen);
        rr.unpack_rdata(buf, off);
        off += rr.rlen;
        records.push(rr);
      }
      this[list] = records;
    }
    this.data = EMPTY;
  }

  /** Bytes of the message when packed. */
  override __len__(): number {
    return this.bytes().length;
  }

  /** The message's bytes, names compressed. Counts and lengths are filled in. */
  override bytes(): Uint8Array {
    const names = new Map<string, number>();
    const { id, op } = this;
    const counts = LISTS.map((list) => this[list].length);
    const parts = [uints([2, 2, 2, 2, 2, 2], id, op, ...counts)];
    let at = 12;
    const add = (part: Uint8Array): void => {
      parts.push(part);
      at += part.length;
    };
    for (const q of this.qd) {
      add(pack_name(q.name, at, names));
      add(uints([2, 2], q.type, q.cls));
    }
    for (const list of RECORDS) {
      for (const rr of this[list]) {
        add(pack_name(rr.name, at, names));
        const rdata = rr.pack_rdata(at + 10, names);
        add(uints([2, 2, 4, 2], rr.type, rr.cls, rr.ttl, rdata.length));
        add(rdata);
      }
    }
    return concat(...parts);
  }
}

/** Lists of records in a message. */
const RECORDS = ["an", "ns", "ar"] as const;
/** Lists in a message. */
const LISTS = ["qd", ...RECORDS] as const;
