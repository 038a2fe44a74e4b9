/**
 * What the data of DNS records holds.
 *
 * Records: RFC 1035, 1183, 1348, 1664, 1706, 1712, 1876, 2163, 2230, 2535, 2782, 2874, 2930, 3123, 3403, 4025, 4034,
 * 4255, 4398, 4701, 5155, 6672, 6698, 6742, 7043, 7208, 7344, 7477, 7929, 8005, 8659, 8945, 8976, 9460; options: RFC
 * 6891, 6975, 7830, 7828, 7871, 7873, 7901, 8914; stateful operations: RFC 8490.
 *
 * @module
 */
import {
  choose,
  Field,
  fixedBytes,
  flag,
  inline,
  ipv4Address,
  ipv6Address,
  macAddress,
  type Registry,
  Scalar,
  text,
  time32,
  u16,
  u32,
  u8,
  type ValueNames,
  within,
  Writer,
} from "../core/field.ts";
import { type Items, Kind } from "../core/items.ts";
import { LIST_MAX } from "../core/limits.ts";
import {
  asBytes,
  BROKEN,
  CharString,
  ENCODER,
  fail,
  FORWARD,
  found,
  info,
  type Look,
  Many,
  name,
  NameField,
  ODD_NAMES,
  Piece,
  PLAIN,
  reading,
  Rest,
  ROOT,
  scanName,
  type Spec,
  type Value,
} from "./_dns_parts.ts";
import type { DnsOption } from "./_dns_types.ts";
import * as names from "./_dns_names.ts";
import { Check } from "./_options.ts";

/** A number of one byte. */
export const BYTE: Look = { bits: 8 };
/** A number of two bytes. */
export const WORD: Look = { bits: 16 };

/** Writes record types as a bit map of windows (RFC 4034 section 4.1.2). */
function writeBitmap(writer: Writer, value: unknown): void {
  const types = [...new Set((value ?? []) as readonly number[])].sort((a, b) => a - b);
  for (let i = 0; i < types.length;) {
    const window = types[i] >> 8;
    const map = new Uint8Array(32);
    let length = 0;
    for (; i < types.length && types[i] >> 8 === window; i++) {
      const low = types[i] & 255;
      map[low >> 3] |= 0x80 >> (low & 7);
      length = (low >> 3) + 1;
    }
    writer.uint(window, 1);
    writer.uint(length, 1);
    writer.put(map.subarray(0, length));
  }
}

/** The record types in a bit map: those of NSEC, NSEC3 and CSYNC. */
function bitmap(): Field<readonly number[]> {
  const type: Spec = ["dns.resp.type", "Type", Kind.Uint, {
    ...WORD,
    values: names.RR_TYPE_NAMES,
    list: true,
  }];
  return new Piece({ types: type }, (items, ids) => {
    const b = items.bytes;
    while (items.at < reading.dataEnd) {
      if (items.left < 2) return fail(items);
      const window = b[items.at] << 8;
      const n = b[items.at + 1];
      items.at += 2;
      for (let i = 0; i < n; i++, items.at++) {
        if (items.left < 1) return fail(items);
        addBits(items, ids.types, window + i * 8);
      }
    }
    if (items.at > reading.dataEnd) fail(items);
  }, writeBitmap);
}

/** Adds the record types whose bits are set in the byte at the cursor; its first bit stands for `first`. */
function addBits(items: Items, id: number, first: number): void {
  const v = items.bytes[items.at];
  if (v === 0) return;
  for (let bit = 0; bit < 8; bit++) {
    if (v & (0x80 >> bit)) items.add(id, items.at, 1, first + bit);
  }
}

/** The record types in the bit map of NXT, which has no windows (RFC 2535 section 5.2). */
function plainBitmap(): Field<readonly number[]> {
  const type: Spec = ["dns.resp.type", "Type", Kind.Uint, {
    ...WORD,
    values: names.RR_TYPE_NAMES,
    list: true,
  }];
  return new Piece({ types: type }, (items, ids) => {
    for (let first = 0; items.at < reading.dataEnd; first += 8, items.at++) {
      if (items.left < 1) return fail(items);
      addBits(items, ids.types, first);
    }
    if (items.at > reading.dataEnd) fail(items);
  }, (writer, value) => {
    const map: number[] = [];
    for (const t of (value ?? []) as readonly number[]) {
      while (map.length <= t >> 3) map.push(0);
      map[t >> 3] |= 0x80 >> (t & 7);
    }
    writer.put(Uint8Array.from(map));
  });
}

/** The tag of a key, which is not in the record (RFC 4034 appendix B). */
function keyTag(abbrev: string, title: string, algorithmAt: number): Field<unknown> {
  return new Piece(
    { _tag: [abbrev, title, Kind.Uint, { ...WORD, generated: true }] },
    (items, ids) => {
      const b = items.bytes;
      const start = reading.data;
      const end = reading.dataEnd;
      if (end - start < 4) return;
      let tag = 0;
      if (b[start + algorithmAt] === 1) {
        tag = (b[end - 3] << 8) | b[end - 2];
      } else {
        for (let i = start; i < end; i++) tag += ((i - start) & 1) === 0 ? b[i] << 8 : b[i];
        tag = (tag + (tag >>> 16)) & 0xffff;
      }
      items.add(ids._tag, items.at, 0, tag);
    },
  );
}

/** An EUI-64 address. */
class Eui64 extends Scalar<string> {
  constructor() {
    super(64, "dns.eui64", "EUI64 Address", Kind.Ether, 0);
  }
  override store(b: Uint8Array, bit: number, value: unknown): void {
    const hex = String(value ?? "").replace(/[:.-]/g, "");
    for (let i = 0; i < 8; i++) b[(bit >> 3) + i] = parseInt(hex.slice(i * 2, i * 2 + 2), 16) || 0;
  }
}

// Room for one address of which only the first bytes are sent.
const address = new Uint8Array(16);

/** Adds an address of `size` bytes of which `n` stand at the cursor, and zeros (or, `behind`, are in front of them). */
function addAddress(items: Items, id: number, n: number, size: number, behind = false): void {
  if (n === size) items.add(id, items.at, n, 0);
  else {
    address.fill(0);
    const o = behind ? size - n : 0;
    for (let i = 0; i < n; i++) address[o + i] = items.bytes[items.at + i];
    items.addText(id, address.subarray(0, size));
  }
  items.at += n;
}

/** The first `n` bytes of an address in text. */
function addressHead(text: string, n: number): Uint8Array {
  const w = new Writer();
  const field = text.includes(":") ? ipv6Address("", "") : ipv4Address("", "");
  field.write(w, text, {});
  return w.done().subarray(0, n);
}

const BASE32 = ENCODER.encode("0123456789abcdefghijklmnopqrstuv");
const hashed = new Uint8Array(408);

/** A length and so many bytes, shown in base 32 (RFC 4648 section 7), as names of NSEC3 records are written. */
function hashedOwner(): Field<string> {
  return new Piece(
    {
      _length: ["dns.nsec3.hash_length", "Hash length", Kind.Uint, BYTE],
      nextHashed: ["dns.nsec3.hash_value", "Next hashed owner", Kind.Text],
    },
    (items, ids) => {
      const b = items.bytes;
      if (items.left < 1) return fail(items);
      const n = b[items.at];
      items.add(ids._length, items.at++, 1, n);
      if (n > items.left) return fail(items);
      let o = 0;
      let held = 0;
      let bits = 0;
      for (let i = 0; i < n; i++) {
        held = ((held << 8) | b[items.at + i]) & 0xffff;
        for (bits += 8; bits >= 5; bits -= 5) hashed[o++] = BASE32[(held >> (bits - 5)) & 31];
      }
      if (bits > 0) hashed[o++] = BASE32[(held << (5 - bits)) & 31];
      items.addText(ids.nextHashed, hashed.subarray(0, o));
      items.at += n;
    },
    (writer, _value, object) => {
      const out: number[] = [];
      let held = 0;
      let bits = 0;
      for (const c of String(object.nextHashed ?? "").toLowerCase()) {
        held = ((held << 5) | Math.max(0, BASE32.indexOf(c.charCodeAt(0)))) & 0xfff;
        bits += 5;
        if (bits >= 8) out.push((held >> (bits -= 8)) & 255);
      }
      writer.uint(out.length, 1);
      writer.put(Uint8Array.from(out));
    },
  );
}

/** Adds a count of bytes and so many bytes: `size` bytes wide. */
function sizedBytes(
  lengthAbbrev: string,
  lengthName: string,
  abbrev: string,
  title: string,
  size: 1 | 2,
  key: string,
  heading = false,
): Field<unknown> {
  return new Piece<string, unknown>(
    {
      _length: [lengthAbbrev, lengthName, Kind.Uint, { bits: size * 8 }],
      ...(heading ? { _head: [abbrev, title, Kind.None] as const } : {}),
      [key]: [heading ? "" : abbrev, title, Kind.Bytes],
    },
    (items, ids) => {
      const b = items.bytes;
      if (items.left < size) return fail(items);
      const n = size === 1 ? b[items.at] : (b[items.at] << 8) | b[items.at + 1];
      items.add(ids._length, items.at, size, n);
      items.at += size;
      if (heading && n > 0) items.add(ids._head, items.at, Math.min(n, items.left), 0);
      if (n > items.left) return fail(items);
      // Wireshark shows a salt even where there is none.
      if (n === 0 && size === 2) return;
      items.add(ids[key], items.at, n, 0);
      items.at += n;
    },
    (writer, _value, object) => {
      const b = asBytes(object[key]);
      writer.uint(b.length, size);
      writer.put(b);
    },
  );
}

/** What the data of each type of record holds. */
export function makeData(multicast: boolean): ReadonlyMap<number, Field<unknown>> {
  const old = (abbrev: string, title: string): NameField => new NameField(abbrev, title, true);
  const algorithm = (abbrev: string): Field<number> =>
    u8(abbrev, "Algorithm", { values: names.DNSSEC_ALGORITHMS });
  const data = new Map<number, Field<unknown>>();
  const put = (
    types: number | readonly number[],
    fields: Readonly<Record<string, Field<unknown>>>,
  ): void => {
    const part = inline(fields);
    for (const t of typeof types === "number" ? [types] : types) data.set(t, part);
  };
  put(1, { address: ipv4Address("dns.a", "Address") });
  put(2, { target: old("dns.ns", "Name Server") });
  put(3, { target: old("dns.md", "Mail Destination") });
  put(4, { target: old("dns.mf", "Mail Forwarder") });
  put(5, { target: old("dns.cname", "CNAME") });
  put(6, {
    primary: old("dns.soa.mname", "Primary name server"),
    mailbox: old("dns.soa.rname", "Responsible authority's mailbox"),
    serial: u32("dns.soa.serial_number", "Serial Number"),
    refresh: u32("dns.soa.refresh_interval", "Refresh Interval"),
    retry: u32("dns.soa.retry_interval", "Retry Interval"),
    expire: u32("dns.soa.expire_limit", "Expire limit"),
    minimum: u32("dns.soa.minimum_ttl", "Minimum TTL"),
  });
  put(7, { target: old("dns.mb", "MailBox Domaine") });
  put(8, { target: old("dns.mg", "Mail Group member") });
  put(9, { target: old("dns.mr", "Mail Rename domaine") });
  put(10, { data: new Rest("dns.null", "Null (data)") });
  put(11, {
    address: ipv4Address("dns.wks.address", "Address"),
    protocol: u8("dns.wks.protocol", "Protocol"),
    map: new Piece({
      map: ["", "Bit map", Kind.Bytes],
      _bits: ["dns.wks.bits", "Bits", Kind.Uint, { ...BYTE, hex: true }],
    }, (items, ids) => {
      const n = reading.dataEnd - items.at;
      if (n > 0 && n <= items.left) items.add(ids.map, items.at, n, 0);
      for (; items.at < reading.dataEnd; items.at++) {
        if (items.left < 1) return fail(items);
        const v = items.bytes[items.at];
        if (v !== 0) items.add(ids._bits, items.at, 1, v);
      }
    }, (writer, value) => writer.put(asBytes(value))),
  });
  put(12, { target: old("dns.ptr.domain_name", "Domain Name") });
  put(13, {
    cpu: new CharString(["dns.hinfo.cpu_length", "dns.hinfo.cpu"], ["CPU Length", "CPU"]),
    os: new CharString(["dns.hinfo.os_length", "dns.hinfo.os"], ["OS Length", "OS"]),
  });
  put(14, {
    mailbox: old("dns.minfo.r", "Responsible Mailbox"),
    errors: old("dns.minfo.e", "Error Mailbox"),
  });
  put(15, {
    preference: u16("dns.mx.preference", "Preference"),
    exchange: old("dns.mx.mail_exchange", "Mail Exchange"),
  });
  put(16, {
    texts: new Many(new CharString(["dns.txt.length", "dns.txt"], ["TXT Length", "TXT"]), true),
  });
  put(17, { mailbox: name("dns.rp.mailbox", "Mailbox"), texts: name("dns.rp.txt_rr", "TXT RR") });
  put(18, {
    subtype: u16("dns.afsdb.subtype", "Subtype"),
    hostname: name("dns.afsdb.hostname", "Hostname"),
  });
  put(19, {
    address: new CharString(["dns.x25.length", "dns.x25.psdn_address"], [
      "Length",
      "PSDN-Address",
    ]),
  });
  put(20, {
    address: new CharString(["dns.idsn.length", "dns.idsn.address"], ["Length", "ISDN Address"]),
    subaddress: new IfLeft(
      new CharString(["dns.idsn.sa.length", "dns.idsn.sa.address"], ["Length", "Sub Address"]),
    ),
  });
  put(21, {
    preference: u16("dns.rt.subtype", "Preference"),
    host: name("dns.rt.intermediate_host", "Intermediate Hostname"),
  });
  put(22, { data: new Rest("dns.nsap.rdata", "NSAP Data") });
  put(23, { target: name("dns.nsap_ptr.owner", "Owner") });
  put([24, 46], {
    typeCovered: u16("dns.rrsig.type_covered", "Type Covered", { values: names.RR_TYPE_NAMES }),
    algorithm: algorithm("dns.rrsig.algorithm"),
    labels: u8("dns.rrsig.labels", "Labels"),
    originalTtl: u32("dns.rrsig.original_ttl", "Original TTL"),
    expiration: time32("dns.rrsig.signature_expiration", "Signature Expiration"),
    inception: time32("dns.rrsig.signature_inception", "Signature Inception"),
    keyTag: u16("dns.rrsig.key_tag", "Key Tag"),
    signer: name("dns.rrsig.signers_name", "Signer's name"),
    signature: new Rest("dns.rrsig.signature", "Signature"),
  });
  put(25, {
    keyFlags: u16("dns.key.flags", "Flags", { hex: true }),
    _flags: keyFlags(),
    protocol: u8("dns.key.protocol", "Protocol"),
    algorithm: algorithm("dns.key.algorithm"),
    _tag: keyTag("dns.key.key_id", "Key ID", 3),
    publicKey: new Rest("dns.key.public_key", "Public Key"),
  });
  put(26, {
    preference: u16("dns.px.preference", "Preference"),
    map822: name("dns.px.map822", "MAP822"),
    mapX400: name("dns.px.map400", "MAPX400"),
  });
  put(27, {
    longitude: new CharString(["dns.gpos.longitude_length", "dns.gpos.longitude"], [
      "Longitude length",
      "Longitude",
    ]),
    latitude: new CharString(["dns.gpos.latitude_length", "dns.gpos.latitude"], [
      "Latitude length",
      "Latitude",
    ]),
    altitude: new CharString(["dns.gpos.altitude_length", "dns.gpos.altitude"], [
      "Altitude length",
      "Altitude",
    ]),
  });
  put(28, { address: ipv6Address("dns.aaaa", "AAAA Address") });
  put(29, {
    version: u8("dns.loc.version", "Version"),
    _place: choose(
      (items) => items.bytes[items.at - 1] === 0 ? 0 : 1,
      {
        0: inline({
          size: u8("dns.loc.size", "Size"),
          horizontalPrecision: u8("dns.loc.horizontal_precision", "Horizontal Precision"),
          verticalPrecision: u8("dns.loc.vertical_precision", "Vertical Precision"),
          latitude: u32("dns.loc.latitude", "Latitude"),
          longitude: u32("dns.loc.longitude", "Longitude"),
          altitude: u32("dns.loc.altitude", "Altitude"),
        }),
        // All of the data, the version included, as Wireshark shows it; what is behind the version is kept apart.
        1: new Piece({
          _all: ["dns.loc.unknown_data", "Unknown data", Kind.Bytes],
          data: ["", "Data", Kind.Bytes],
        }, (items, ids) => {
          const n = reading.dataEnd - reading.data;
          if (reading.dataEnd > items.end) return fail(items);
          items.add(ids._all, reading.data, n, 0);
          items.add(ids.data, items.at, n - 1, 0);
          items.at = reading.dataEnd;
        }, (writer, _value, object) => writer.put(asBytes(object.data))),
      },
      undefined,
      (object) => (object.version ?? 0) === 0 ? 0 : 1,
    ),
  });
  put(30, {
    next: name("dns.nxt.next_domain_name", "Next Domain Name"),
    types: plainBitmap(),
  });
  put(33, {
    priority: u16("dns.srv.priority", "Priority"),
    weight: u16("dns.srv.weight", "Weight"),
    port: u16("dns.srv.port", "Port"),
    // RFC 6762 section 18.14 compresses it, RFC 2782 does not.
    target: new NameField("dns.srv.target", "Target", multicast),
  });
  put(35, {
    order: u16("dns.naptr.order", "Order"),
    preference: u16("dns.naptr.preference", "Preference"),
    flags: new CharString(["dns.naptr.flags_length", "dns.naptr.flags"], [
      "Flags Length",
      "Flags",
    ]),
    service: new CharString(["dns.naptr.service_length", "dns.naptr.service"], [
      "Service Length",
      "Service",
    ]),
    regex: new CharString(["dns.naptr.regex_length", "dns.naptr.regex"], [
      "Regex Length",
      "Regex",
    ]),
    _length: new Piece(
      {
        _length: ["dns.naptr.replacement_length", "Replacement Length", Kind.Uint, {
          ...BYTE,
          generated: true,
        }],
      },
      (items, ids) => {
        const how = scanName(items.bytes, items.at, items.end, reading.message);
        if (how === BROKEN) return fail(items);
        items.add(ids._length, items.at, 0, textLength(how));
      },
    ),
    replacement: name("dns.naptr.replacement", "Replacement"),
  });
  put(36, {
    preference: u16("dns.kx.preference", "Preference"),
    exchanger: name("dns.kx.key_exchange", "Key Exchange"),
  });
  put(37, {
    certType: u16("dns.cert.type", "Type", { values: names.CERT_TYPES }),
    keyTag: u16("dns.cert.key_tag", "Key Tag", { hex: true }),
    algorithm: algorithm("dns.cert.algorithm"),
    certificate: new Rest("dns.cert.certificate", "Certificate (or CRL)"),
  });
  put(38, {
    prefixLength: u8("dns.a6.prefix_len", "Prefix len"),
    address: new Piece({
      address: ["dns.a6.address_suffix", "Address Suffix", Kind.Ipv6],
    }, (items, ids) => {
      const n = a6Bytes(items.bytes[items.at - 1]);
      if (n > items.left) return fail(items);
      if (n > 0) addAddress(items, ids.address, n, 16, true);
    }, (writer, _value, object) => {
      const n = a6Bytes(Number(object.prefixLength ?? 0));
      writer.put(addressHead(String(object.address ?? "::"), 16).subarray(16 - n));
    }),
    prefixName: new IfA6(name("dns.a6.prefix_name", "Prefix name")),
  });
  put(39, { target: name("dns.dname", "Dname") });
  put(42, { prefixes: addressPrefixes() });
  put([43, 59, 32769], {
    keyTag: u16("dns.ds.key_id", "Key id", { hex: true }),
    algorithm: algorithm("dns.ds.algorithm"),
    digestType: u8("dns.ds.digest_type", "Digest Type", { values: names.DS_DIGESTS }),
    digest: new Rest("dns.ds.digest", "Digest", true),
  });
  put(44, {
    algorithm: u8("dns.sshfp.algorithm", "Algorithm", { values: names.SSHFP_ALGORITHMS }),
    fingerprintType: u8("dns.sshfp.fingerprint.type", "Fingerprint type", {
      values: names.SSHFP_FINGERPRINTS,
    }),
    fingerprint: new Rest("dns.sshfp.fingerprint", "Fingerprint"),
  });
  put(45, {
    precedence: u8("dns.ipseckey.gateway_precedence", "Gateway Precedence"),
    gatewayType: u8("dns.ipseckey.gateway_type", "Gateway Type", {
      values: names.IPSECKEY_GATEWAYS,
    }),
    algorithm: u8("dns.ipseckey.gateway_algorithm", "Gateway Algorithm", {
      values: names.IPSECKEY_ALGORITHMS,
    }),
    gateway: choose("gatewayType", {
      1: ipv4Address("dns.ipseckey.gateway_ipv4", "IPv4 Gateway"),
      2: ipv6Address("dns.ipseckey.gateway_ipv6", "IPv6 Gateway"),
      3: name("dns.ipseckey.gateway_dns", "DNS Gateway"),
    }),
    publicKey: new Rest("dns.ipseckey.public_key", "Public Key"),
  });
  put(47, {
    next: new NameField("dns.nsec.next_domain_name", "Next Domain Name", multicast),
    types: bitmap(),
  });
  put([48, 60], {
    keyFlags: u16("dns.dnskey.flags", "Flags", { hex: true }),
    zoneKey: flag(0x0100, "dns.dnskey.flags.zone_key", "Zone Key"),
    revoked: flag(0x0080, "dns.dnskey.flags.key_revoked", "Key Revoked"),
    secureEntryPoint: flag(0x0001, "dns.dnskey.flags.secure_entry_point", "Key Signing Key"),
    reserved: within(0xfe7e, "dns.dnskey.flags.reserved", "Key Signing Key", { hex: true }),
    protocol: u8("dns.dnskey.protocol", "Protocol", { initial: 3 }),
    algorithm: algorithm("dns.dnskey.algorithm"),
    _tag: keyTag("dns.dnskey.key_id", "Key id", 3),
    publicKey: new Rest("dns.dnskey.public_key", "Public Key", true),
  });
  put(49, { data: new Rest("dns.dhcid.rdata", "DHCID Data") });
  const hash = (): Field<number> =>
    u8("dns.nsec3.algo", "Hash algorithm", { values: names.NSEC3_HASHES });
  const salt = (): Field<unknown> =>
    sizedBytes(
      "dns.nsec3.salt_length",
      "Salt length",
      "dns.nsec3.salt_value",
      "Salt value",
      1,
      "salt",
    );
  put(50, {
    algorithm: hash(),
    hashFlags: u8("dns.nsec3.flags", "NSEC3 flags"),
    optOut: flag(1, "dns.nsec3.flags.opt_out", "NSEC3 Opt-out flag"),
    iterations: u16("dns.nsec3.iterations", "NSEC3 iterations"),
    _salt: salt(),
    _hash: hashedOwner(),
    types: bitmap(),
  });
  put(51, {
    algorithm: hash(),
    hashFlags: u8("dns.nsec3.flags", "NSEC3 flags"),
    iterations: u16("dns.nsec3.iterations", "NSEC3 iterations"),
    _salt: salt(),
  });
  put(52, {
    usage: u8("dns.tlsa.certificate_usage", "Certificate Usage", { values: names.TLSA_USAGES }),
    selector: u8("dns.tlsa.selector", "Selector", { values: names.TLSA_SELECTORS }),
    matching: u8("dns.tlsa.matching_type", "Matching Type", { values: names.TLSA_MATCHINGS }),
    association: new Rest(
      "dns.tlsa.certificate_association_data",
      "Certificate Association Data",
      true,
    ),
  });
  put(55, { _identity: hostIdentity(), servers: new Many(rendezvous()) });
  // Text to Wireshark, bytes to all others (RFC 7929 section 2).
  const key = text("dns.openpgpkey", "OpenPGP Key");
  const keyText = (items: Items): void => {
    const n = reading.dataEnd - items.at;
    if (n > 0) items.add(key.id, items.at, n, 0);
  };
  put(61, {
    _text: new Check(keyText, [], { _key: key }),
    publicKey: new Rest("", "OpenPGP Key"),
  });
  put(62, {
    serial: u32("dns.csync.soa", "SOA"),
    syncFlags: u16("dns.csync.flags", "Flags", { hex: true }),
    immediate: flag(1, "dns.csync.flags.immediate", "immediate"),
    soaMinimum: flag(2, "dns.csync.flags.soaminimum", "soaminimum"),
    _map: new Piece(
      { _map: ["dns.csync.type_bitmap", "Type Bitmap", Kind.Bytes] },
      (items, ids) => {
        const n = reading.dataEnd - items.at;
        if (n > items.left) return fail(items);
        if (n >= 0) items.add(ids._map, items.at, n, 0);
      },
    ),
    types: bitmap(),
  });
  put(63, {
    serial: u32("dns.zonemd.serial", "Serial"),
    scheme: u8("dns.zonemd.scheme", "Scheme", { values: names.ZONEMD_SCHEMES }),
    hash: u8("dns.zonemd.hash_algo", "Hash Algorithm", { values: names.ZONEMD_HASHES }),
    digest: new Rest("dns.zonemd.digest", "Digest", true),
  });
  put([64, 65], {
    priority: u16("dns.svcb.svcpriority", "SvcPriority"),
    target: name("dns.svcb.targetname", "TargetName"),
    params: new ServiceParams(),
  });
  put(99, {
    texts: new Many(new CharString(["dns.spf.length", "dns.spf"], ["SPF Length", "SPF"]), true),
  });
  put(104, {
    preference: u16("dns.ilnp.nid.preference", "Preference"),
    nodeId: fixedBytes(8, "dns.ilnp.nid", "NodeID"),
  });
  put(105, {
    preference: u16("dns.ilnp.l32.preference", "Preference"),
    locator: ipv4Address("dns.ilnp.l32", "Locator32"),
  });
  put(106, {
    preference: u16("dns.ilnp.l64.preference", "Preference"),
    locator: fixedBytes(8, "dns.ilnp.l64", "Locator64"),
  });
  put(107, {
    preference: u16("dns.ilnp.lp.preference", "Preference"),
    locator: name("dns.ilnp.lp", "Locator FQDN"),
  });
  put(108, { address: macAddress("dns.eui48", "EUI48 Address") });
  put(109, { address: new Eui64() });
  put(249, {
    algorithm: name("dns.tkey.algo_name", "Algorithm name"),
    inception: time32("dns.tkey.signature_inception", "Signature Inception"),
    expiration: time32("dns.tkey.signature_expiration", "Signature Expiration"),
    mode: u16("dns.tkey.mode", "Mode", { values: names.TKEY_MODES }),
    error: u16("dns.tkey.error", "Error", { values: names.DNS_RCODES }),
    _key: sizedBytes("dns.tkey.key_size", "Key Size", "dns.tkey.key_data", "Key Data", 2, "key"),
    _other: sizedBytes(
      "dns.tkey.other_size",
      "Other Size",
      "dns.tkey.other_data",
      "Other Data",
      2,
      "other",
    ),
  });
  put(250, {
    algorithm: name("dns.tsig.algorithm_name", "Algorithm Name"),
    timeSigned: signingTime(),
    fudge: u16("dns.tsig.fudge", "Fudge"),
    _mac: sizedBytes("dns.tsig.mac_size", "MAC Size", "dns.tsig.mac", "MAC", 2, "mac", true),
    originalId: u16("dns.tsig.original_id", "Original Id"),
    error: u16("dns.tsig.error", "Error", { values: names.DNS_RCODES }),
    _other: sizedBytes(
      "dns.tsig.other_len",
      "Other Len",
      "dns.tsig.other_data",
      "Other Data",
      2,
      "other",
    ),
  });
  put(257, { _caa: authorization() });
  const wins = (abbrev: string): Readonly<Record<string, Field<unknown>>> => ({
    flags: localFlag(`${abbrev}.local_flag`),
    lookupTimeout: u32(`${abbrev}.lookup_timeout`, "Lookup timeout"),
    cacheTimeout: u32(`${abbrev}.cache_timeout`, "Cache timeout"),
  });
  put(0xff01, {
    ...wins("dns.wins"),
    count: u32("dns.wins.nb_wins_servers", "Number of WINS servers"),
    servers: new WinsServers(),
  });
  put(0xff02, {
    ...wins("dns.winsr"),
    domain: name("dns.winsr.name_result_domain", "Name Result Domain"),
  });
  put(65422, {
    version: u8("dns.xpf.ip_version", "IP Version", { values: names.XPF_VERSIONS }),
    _forwarded: choose("version", {
      4: inline({
        protocol: u8("dns.xpf.protocol", "Protocol"),
        source: ipv4Address("dns.xpf.source_ipv4", "IPv4 Source"),
        destination: ipv4Address("dns.xpf.destination_ipv4", "IPv4 Destination"),
        sourcePort: u16("dns.xpf.sport", "Source port"),
        destinationPort: u16("dns.xpf.dport", "Destination port"),
      }),
      6: inline({
        protocol: u8("dns.xpf.protocol", "Protocol"),
        source: ipv6Address("dns.xpf.source_ipv6", "IPv6 Source"),
        destination: ipv6Address("dns.xpf.destination_ipv6", "IPv6 Destination"),
        sourcePort: u16("dns.xpf.sport", "Source port"),
        destinationPort: u16("dns.xpf.dport", "Destination port"),
      }),
    }),
  });
  return data;
}

/** Servers of a WINS record: as many as it says, but none beyond its data. */
class WinsServers extends Field<readonly string[]> {
  readonly #server: Field<string> = ipv4Address("dns.wins.wins_server", "WINS Server Address");
  constructor() {
    super(-1);
  }
  override register(registry: Registry, key: string): void {
    this.key = key;
    this.#server.register(registry, key, true);
  }
  override emit(items: Items): void {
    let n = readCount(items, items.at - 4);
    const free = items.at > reading.dataEnd;
    for (; n > 0 && (free || items.at + 4 <= reading.dataEnd) && !items.short; n--) {
      this.#server.emit(items);
    }
  }
  override fill(object: Record<string, unknown>): void {
    object.count ??= (object.servers as readonly string[] | undefined)?.length ?? 0;
  }
  override write(writer: Writer, value: unknown, object: Value): void {
    for (const v of (value ?? []) as readonly string[]) this.#server.write(writer, v, object);
  }
  override covers(wanted: (abbrev: string) => boolean): boolean {
    return this.#server.covers(wanted);
  }
}
function readCount(items: Items, o: number): number {
  const b = items.bytes;
  return ((b[o] << 24) | (b[o + 1] << 16) | (b[o + 2] << 8) | b[o + 3]) >>> 0;
}

/** The flags of a WINS record, of which one is in use. */
function localFlag(abbrev: string): Field<number> {
  return new Piece(
    {
      _local: [abbrev, "Local Flag", Kind.Bool, { bits: 1, span: 4, mask: 1 }],
      flags: ["", "Flags", Kind.Uint, { bits: 32, hex: true }],
    },
    (items, ids) => {
      const b = items.bytes;
      const o = items.at;
      if (items.left < 4) return fail(items);
      items.add(ids._local, o, 4, b[o + 3] & 1);
      items.add(
        ids.flags,
        o,
        4,
        (b[o] << 24) | (b[o + 1] << 16) | (b[o + 2] << 8) | b[o + 3],
      );
      items.at += 4;
    },
    (writer, value) => writer.uint(Number(value ?? 0), 4),
  );
}

/** Length of the text of the name looked at last. */
export function textLength(how: number): number {
  return how === PLAIN || how === FORWARD
    ? found.text === 0 ? ROOT.length : found.text
    : ODD_NAMES[how].length;
}

/** Bytes of the suffix of an A6 record (RFC 2874 section 3.1.1). */
function a6Bytes(prefix: number): number {
  return prefix > 128 ? 0 : (128 - prefix + 7) >> 3;
}

/** A part that is there if the record's data goes on. */
class IfLeft<T> extends Field<T> {
  protected readonly field: Field<T>;
  constructor(field: Field<T>) {
    super(-1);
    this.field = field;
  }
  override register(registry: Registry, key: string, list: boolean): void {
    this.key = key;
    this.field.register(registry, key, list);
  }
  override emit(items: Items): void {
    if (items.at + 1 < reading.dataEnd) this.field.emit(items);
  }
  override write(writer: Writer, value: unknown, object: Value): void {
    if (value !== undefined) this.field.write(writer, value, object);
  }
  override covers(wanted: (abbrev: string) => boolean): boolean {
    return this.field.covers(wanted);
  }
}

/** The name of a prefix, which an A6 record has if the prefix is not empty. */
class IfA6 extends IfLeft<string> {
  override emit(items: Items): void {
    if (items.bytes[reading.data] !== 0) this.field.emit(items);
  }
}

/** The bits of a KEY record's flags (RFC 2535 section 3.1.2). Without a key, the first two say all. */
function keyFlags(): Field<unknown> {
  const part = (mask: number, abbrev: string, title: string): Spec => [
    `dns.key.flags.${abbrev}`,
    title,
    Kind.Bool,
    { bits: 1, span: 2, mask },
  ];
  const specs = {
    _authentication: part(0x8000, "authentication", "Key allowed for authentication"),
    _confidentiality: part(0x4000, "confidentiality", "Key allowed for confidentiality"),
    _required: part(0x2000, "required", "Key required"),
    _user: part(0x0400, "associated_user", "Key is associated with a user"),
    _entity: part(
      0x0200,
      "associated_named_entity",
      "Key is associated with the named entity",
    ),
    _ipsec: part(0x0080, "ipsec", "Key use with IPSEC"),
    _mime: part(0x0040, "mime", "Key use with MIME security multiparts"),
    _signatory: ["dns.key.flags.signatory", "Signatory", Kind.Uint, {
      bits: 4,
      span: 2,
      mask: 0xf,
    }] as Spec,
  };
  return new Piece(specs, (items, ids) => {
    const at = items.at - 2;
    const v = (items.bytes[at] << 8) | items.bytes[at + 1];
    items.depth++;
    items.add(ids._authentication, at, 2, v & 0x8000 ? 1 : 0);
    items.add(ids._confidentiality, at, 2, v & 0x4000 ? 1 : 0);
    if ((v & 0xc000) !== 0xc000) {
      items.add(ids._required, at, 2, v & 0x2000 ? 1 : 0);
      items.add(ids._user, at, 2, v & 0x0400 ? 1 : 0);
      items.add(ids._entity, at, 2, v & 0x0200 ? 1 : 0);
      items.add(ids._ipsec, at, 2, v & 0x0080 ? 1 : 0);
      items.add(ids._mime, at, 2, v & 0x0040 ? 1 : 0);
      items.add(ids._signatory, at, 2, v & 0xf);
    }
    items.depth--;
  });
}

/** 48 bits of seconds since 1970 (RFC 8945 section 4.2). */
function signingTime(): Field<bigint> {
  return new Piece(
    {
      _time: ["dns.tsig.time_signed", "Time Signed", Kind.Epoch],
      timeSigned: ["", "Time Signed", Kind.Uint64],
    },
    (items, ids) => {
      const b = items.bytes;
      const o = items.at;
      if (items.left < 6) return fail(items);
      const high = (b[o] << 8) | b[o + 1];
      const low = ((b[o + 2] << 24) | (b[o + 3] << 16) | (b[o + 4] << 8) | b[o + 5]) >>> 0;
      items.addTime(ids._time, high * 4294967296 + low, 0);
      items.add(ids.timeSigned, o, 6, 0);
      items.at += 6;
    },
    (writer, value) => writer.uint(Number(value ?? 0), 6),
  );
}

/** A property of a CAA record (RFC 8659 section 4). */
function authorization(): Field<unknown> {
  const text = (abbrev: string, title: string): Spec => [abbrev, title, Kind.Text];
  return new Piece(
    {
      flags: ["dns.caa.flags", "CAA Flags", Kind.Uint, { ...BYTE, hex: true }],
      _critical: ["dns.caa.flags.issuer_critical", "Issuer Critical", Kind.Bool, {
        bits: 1,
        mask: 0x80,
      }],
      _issue: text("dns.caa.issue", "Issue"),
      _issueWild: text("dns.caa.issuewild", "Issue Wildcard"),
      _iodef: text("dns.caa.iodef", "Report URL"),
      _unknown: text("dns.caa.unknown", "Unknown tag"),
      _length: ["dns.caa.tag_length", "Tag length", Kind.Uint, BYTE],
      tag: text("dns.caa.tag", "Tag"),
      value: text("dns.caa.value", "Value"),
    },
    (items, ids) => {
      const b = items.bytes;
      if (items.left < 1) return fail(items);
      const flags = b[items.at];
      items.add(ids.flags, items.at, 1, flags);
      items.depth++;
      items.add(ids._critical, items.at++, 1, flags >> 7);
      items.depth--;
      if (items.left < 1) return fail(items);
      const at = items.at;
      const n = b[at];
      const value = at + 1 + n;
      const length = reading.dataEnd - value;
      if (value > items.end || length < 0 || reading.dataEnd > items.end) return fail(items);
      const id = tagIs(b, at + 1, n, TAGS[0])
        ? ids._issue
        : tagIs(b, at + 1, n, TAGS[1])
        ? ids._issueWild
        : tagIs(b, at + 1, n, TAGS[2])
        ? ids._iodef
        : ids._unknown;
      items.add(id, value, length, 0);
      items.depth++;
      items.add(ids._length, at, 1, n);
      items.add(ids.tag, at + 1, n, 0);
      items.add(ids.value, value, length, 0);
      items.depth--;
      items.at = reading.dataEnd;
    },
    (writer, _value, object) => {
      const tag = asBytes(object.tag);
      writer.uint(Number(object.flags ?? 0), 1);
      writer.uint(tag.length, 1);
      writer.put(tag);
      writer.put(asBytes(object.value));
    },
  );
}

const TAGS = ["issue", "issuewild", "iodef"].map((t) => ENCODER.encode(t));
function tagIs(b: Uint8Array, at: number, n: number, tag: Uint8Array): boolean {
  if (n !== tag.length) return false;
  for (let i = 0; i < n; i++) if (b[at + i] !== tag[i]) return false;
  return true;
}

/** Host identity of a HIP record (RFC 8005 section 5). */
function hostIdentity(): Field<unknown> {
  return new Piece(
    {
      _hitLength: ["dns.hip.hit.length", "HIT length", Kind.Uint, BYTE],
      algorithm: ["dns.hip.hit.pk.algo", "HIT length", Kind.Uint, {
        ...BYTE,
        values: names.HIP_ALGORITHMS,
      }],
      _keyLength: ["dns.hip.pk.length", "PK length", Kind.Uint, WORD],
      hit: ["dns.hip.hit", "Host Identity Tag", Kind.Bytes],
      publicKey: ["dns.hip.pk", "HIP Public Key", Kind.Bytes],
    },
    (items, ids) => {
      const b = items.bytes;
      const o = items.at;
      if (items.left < 1) return fail(items);
      items.add(ids._hitLength, o, 1, b[o]);
      if (items.left < 2) return fail(items);
      items.add(ids.algorithm, o + 1, 1, b[o + 1]);
      if (items.left < 4) return fail(items);
      const hit = b[o];
      const key = (b[o + 2] << 8) | b[o + 3];
      items.add(ids._keyLength, o + 2, 2, key);
      items.at += 4;
      if (hit > items.left) return fail(items);
      items.add(ids.hit, items.at, hit, 0);
      items.at += hit;
      if (key > items.left) return fail(items);
      items.add(ids.publicKey, items.at, key, 0);
      items.at += key;
    },
    (writer, _value, object) => {
      const hit = asBytes(object.hit);
      const key = asBytes(object.publicKey);
      writer.uint(hit.length, 1);
      writer.uint(Number(object.algorithm ?? 0), 1);
      writer.uint(key.length, 2);
      writer.put(hit);
      writer.put(key);
    },
  );
}
function rendezvous(): NameField {
  return name("dns.hip.rendezvous_server", "Rendezvous Server");
}

/** Elements, each under a heading, in a list of the object. */
export abstract class Elements<T> extends Field<readonly T[]> {
  readonly #abbrev: string;
  readonly #name: string;
  readonly #specs: Readonly<Record<string, Spec>>;
  protected readonly ids: Record<string, number> = {};
  constructor(abbrev: string, title: string, specs: Readonly<Record<string, Spec>>) {
    super(-1);
    this.#abbrev = abbrev;
    this.#name = title;
    this.#specs = specs;
  }
  override register(registry: Registry, key: string): void {
    this.number(registry, info(this.#abbrev, this.#name, Kind.None, key, { list: true }));
    for (const [k, [abbrev, title, kind, look]] of Object.entries(this.#specs)) {
      // A key may carry a number behind a `#`, for fields that differ in name but mean the same.
      this.ids[k] = registry.add(info(abbrev, title, kind, k.split("#")[0], look));
    }
  }
  override covers(wanted: (abbrev: string) => boolean): boolean {
    return wanted(this.#abbrev) || Object.values(this.#specs).some(([a]) => wanted(a));
  }
  override emit(items: Items): void {
    for (let i = 0; i < LIST_MAX && !items.short && this.more(items); i++) {
      const row = items.open(this.id);
      this.element(items);
      items.close(row);
    }
  }
  override write(writer: Writer, value: unknown): void {
    for (const v of (value ?? []) as readonly Value[]) this.put(writer, v);
  }
  /** Whether another follows. */
  protected more(items: Items): boolean {
    return items.at < reading.dataEnd;
  }
  /** Reads one. */
  protected abstract element(items: Items): void;
  /** Writes one. */
  protected abstract put(writer: Writer, value: Value): void;
}

/** Prefixes of an APL record (RFC 3123 section 4). */
class Prefixes extends Elements<unknown> {
  constructor() {
    super("", "Address prefix", {
      family: ["dns.apl.address_family", "Address Family", Kind.Uint, {
        ...WORD,
        values: names.DNS_FAMILIES,
      }],
      prefix: ["dns.apl.coded_prefix", "Prefix Length", Kind.Uint, BYTE],
      negated: ["dns.apl.negation", "Negation Flag", Kind.Bool, { bits: 1, mask: 0x80 }],
      length: ["dns.apl.afdlength", "Address Length", Kind.Uint, { bits: 7, mask: 0x7f }],
      address: ["dns.apl.afdpart.ipv4", "Address", Kind.Ipv4],
      "address#6": ["dns.apl.afdpart.ipv6", "Address", Kind.Ipv6],
      data: ["dns.apl.afdpart.data", "Address", Kind.Bytes],
    });
  }
  protected override more(items: Items): boolean {
    return items.at + 1 < reading.dataEnd;
  }
  protected override element(items: Items): void {
    const b = items.bytes;
    const ids = this.ids;
    const o = items.at;
    if (items.left < 2) return fail(items);
    const family = (b[o] << 8) | b[o + 1];
    items.add(ids.family, o, 2, family);
    if (items.left < 3) return fail(items);
    items.add(ids.prefix, o + 2, 1, b[o + 2]);
    if (items.left < 4) return fail(items);
    const n = b[o + 3] & 0x7f;
    items.add(ids.negated, o + 3, 1, b[o + 3] >> 7);
    items.add(ids.length, o + 3, 1, n);
    items.at += 4;
    if (n > items.left) return fail(items);
    if (family === 1 && n <= 4) addAddress(items, ids.address, n, 4);
    else if (family === 2 && n <= 16) addAddress(items, ids["address#6"], n, 16);
    else if (family === 1 || family === 2) return fail(items);
    else {
      items.add(ids.data, items.at, n, 0);
      items.at += n;
    }
  }
  protected override put(writer: Writer, v: Value): void {
    let b = v.address === undefined ? asBytes(v.data) : addressHead(String(v.address), 16);
    if (v.length !== undefined) b = b.subarray(0, Number(v.length));
    else if (v.address !== undefined) {
      // Zero bytes at the end are not sent (RFC 3123 section 4).
      let n = b.length;
      while (n > 0 && b[n - 1] === 0) n--;
      b = b.subarray(0, n);
    }
    writer.uint(Number(v.family ?? (String(v.address).includes(":") ? 2 : 1)), 2);
    writer.uint(Number(v.prefix ?? 0), 1);
    writer.uint((v.negated ? 0x80 : 0) | b.length, 1);
    writer.put(b);
  }
}
function addressPrefixes(): Field<unknown> {
  return new Prefixes();
}

/** Parameters of a service binding (RFC 9460 section 2.2). */
class ServiceParams extends Elements<unknown> {
  constructor() {
    super("dns.svcb.svcparam", "SvcParam", {
      key: ["dns.svcb.svcparam.key", "SvcParamKey", Kind.Uint, {
        ...WORD,
        values: names.SVCB_KEYS,
      }],
      length: ["dns.svcb.svcparam.value.length", "SvcParamValue length", Kind.Uint, WORD],
      mandatory: ["dns.svcb.svcparam.mandatory.key", "Mandatory key", Kind.Uint, {
        ...WORD,
        values: names.SVCB_KEYS,
        list: true,
      }],
      _alpnLength: ["dns.svcb.svcparam.alpn.length", "ALPN length", Kind.Uint, BYTE],
      alpn: ["dns.svcb.svcparam.alpn", "ALPN", Kind.Text, { list: true }],
      port: ["dns.svcb.svcparam.port", "Port", Kind.Uint, WORD],
      ipv4: ["dns.svcb.svcparam.ipv4hint.ip", "IP", Kind.Ipv4, { list: true }],
      echConfig: ["dns.svcb.svcparam.echconfig", "ECHConfig", Kind.Bytes],
      ipv6: ["dns.svcb.svcparam.ipv6hint.ip", "IP", Kind.Ipv6, { list: true }],
      odohConfig: ["dns.svcb.svcparam.odohconfig", "ODoHConfig", Kind.Bytes],
      data: ["dns.svcb.svcparam.value", "SvcParamValue", Kind.Bytes],
    });
  }
  protected override element(items: Items): void {
    const b = items.bytes;
    const ids = this.ids;
    const o = items.at;
    if (items.left < 2) return fail(items);
    const key = (b[o] << 8) | b[o + 1];
    items.add(ids.key, o, 2, key);
    if (items.left < 4) return fail(items);
    const n = (b[o + 2] << 8) | b[o + 3];
    const end = o + 4 + n;
    items.add(ids.length, o + 2, 2, n);
    items.at = o + 4;
    switch (key) {
      case 0:
        for (; items.at < end; items.at += 2) {
          if (items.left < 2) return fail(items);
          items.add(ids.mandatory, items.at, 2, items.peek16(0));
        }
        return;
      case 1:
        while (items.at < end) {
          if (items.left < 1) return fail(items);
          const k = b[items.at];
          items.add(ids._alpnLength, items.at++, 1, k);
          if (k > items.left) return fail(items);
          items.add(ids.alpn, items.at, k, 0);
          items.at += k;
        }
        return;
      case 2:
        // It has no value (RFC 9460 section 7.1.1).
        return;
      case 3:
        if (items.left < 2) return fail(items);
        items.add(ids.port, items.at, 2, items.peek16(0));
        items.at += 2;
        return;
      case 4:
      case 6: {
        const size = key === 4 ? 4 : 16;
        for (; items.at < end; items.at += size) {
          if (items.left < size) return fail(items);
          items.add(key === 4 ? ids.ipv4 : ids.ipv6, items.at, size, 0);
        }
        return;
      }
    }
    if (n > items.left) return fail(items);
    if (n > 0 || key === 5) {
      items.add(
        key === 5 ? ids.echConfig : key === 32769 ? ids.odohConfig : ids.data,
        items.at,
        n,
        0,
      );
    }
    items.at = end;
  }
  protected override put(writer: Writer, v: Value): void {
    writer.uint(Number(v.key ?? 0), 2);
    const lengthAt = writer.reserve(2);
    const start = writer.at;
    for (const k of (v.mandatory ?? []) as readonly number[]) writer.uint(k, 2);
    for (const text of (v.alpn ?? []) as readonly string[]) {
      const b = asBytes(text);
      writer.uint(b.length, 1);
      writer.put(b);
    }
    if (v.port !== undefined) writer.uint(Number(v.port), 2);
    for (const a of (v.ipv4 ?? []) as readonly string[]) writer.put(addressHead(a, 4));
    for (const a of (v.ipv6 ?? []) as readonly string[]) writer.put(addressHead(a, 16));
    writer.put(asBytes(v.echConfig));
    writer.put(asBytes(v.odohConfig));
    writer.put(asBytes(v.data));
    store16(writer, lengthAt, v.length === undefined ? writer.at - start : Number(v.length));
  }
}

/** Stores a number of two bytes where room was left for it. */
export function store16(writer: Writer, at: number, value: number): void {
  writer.bytes[at] = value >> 8;
  writer.bytes[at + 1] = value;
}

/** Options of an OPT record (RFC 6891 section 6.1.2). */
export class EdnsOptions extends Elements<DnsOption> {
  constructor() {
    const algorithms = (abbrev: string, title: string, values: ValueNames): Spec => [
      abbrev,
      title,
      Kind.Uint,
      { ...BYTE, values, list: true },
    ];
    super("dns.opt", "Option", {
      code: ["dns.opt.code", "Option Code", Kind.Uint, { ...WORD, values: names.EDNS_OPTIONS }],
      length: ["dns.opt.len", "Option Length", Kind.Uint, WORD],
      data: ["dns.opt.data", "Option Data", Kind.Bytes],
      algorithms: algorithms("dns.opt.dau", "DAU", names.DNSSEC_ALGORITHMS),
      "algorithms#6": algorithms("dns.opt.dhu", "DHU", names.DS_DIGESTS),
      "algorithms#7": algorithms("dns.opt.n3u", "N3U", names.NSEC3_HASHES),
      family: ["dns.opt.client.family", "Family", Kind.Uint, {
        ...WORD,
        values: names.DNS_FAMILIES,
      }],
      sourcePrefix: ["dns.opt.client.netmask", "Source Netmask", Kind.Uint, BYTE],
      scopePrefix: ["dns.opt.client.scope", "Scope Netmask", Kind.Uint, BYTE],
      "address": ["dns.opt.client.addr4", "Client Subnet", Kind.Ipv4],
      "address#6": ["dns.opt.client.addr6", "Client Subnet", Kind.Ipv6],
      _address: ["dns.opt.client.addr", "Client Subnet", Kind.Bytes],
      clientCookie: ["dns.opt.cookie.client", "Client Cookie", Kind.Bytes],
      serverCookie: ["dns.opt.cookie.server", "Server Cookie", Kind.Bytes],
      timeout: ["dns.opt.edns_tcp_keepalive.timeout", "Timeout", Kind.Uint, WORD],
      _padding: ["dns.opt.padding", "Padding", Kind.Bytes],
      _trustPoint: ["dns.opt.chain.fqdn", "Closest Trust Point", Kind.Text],
      infoCode: ["dns.opt.ext_error.info_code", "Info Code", Kind.Uint, {
        ...WORD,
        values: names.EXTENDED_ERRORS,
      }],
      extraText: ["dns.opt.ext_error.extra_text", "Extra Text", Kind.Text],
    });
  }
  protected override element(items: Items): void {
    const b = items.bytes;
    const ids = this.ids;
    const o = items.at;
    if (items.left < 2) return fail(items);
    const code = (b[o] << 8) | b[o + 1];
    items.add(ids.code, o, 2, code);
    if (items.left < 4) return fail(items);
    const n = (b[o + 2] << 8) | b[o + 3];
    const at = o + 4;
    const end = at + n;
    items.add(ids.length, o + 2, 2, n);
    items.at = at;
    if (n > items.left) return fail(items);
    items.add(ids.data, at, n, 0);
    switch (code) {
      case 5:
      case 6:
      case 7: {
        const id = code === 5
          ? ids.algorithms
          : code === 6
          ? ids["algorithms#6"]
          : ids["algorithms#7"];
        for (let p = at; p < end; p++) items.add(id, p, 1, b[p]);
        break;
      }
      case 8:
      case 20730:
        this.#subnet(items, n);
        break;
      case 10:
        if (n < 8) return fail(items);
        items.add(ids.clientCookie, at, 8, 0);
        items.add(ids.serverCookie, at + 8, n - 8, 0);
        break;
      case 11:
        if (n === 2) items.add(ids.timeout, at, 2, items.peek16(0));
        break;
      case 12:
        items.add(ids._padding, at, n, 0);
        break;
      case 13:
        items.add(ids._trustPoint, at, n, 0);
        break;
      case 15:
        if (n < 2) break;
        items.add(ids.infoCode, at, 2, items.peek16(0));
        if (n > 2) items.add(ids.extraText, at + 2, n - 2, 0);
        break;
    }
    if (!items.short) items.at = end;
  }
  /** Client subnet (RFC 7871 section 6). */
  #subnet(items: Items, n: number): void {
    const b = items.bytes;
    const ids = this.ids;
    const o = items.at;
    if (items.left < 2) return fail(items);
    const family = (b[o] << 8) | b[o + 1];
    items.add(ids.family, o, 2, family);
    if (items.left < 3) return fail(items);
    items.add(ids.sourcePrefix, o + 2, 1, b[o + 2]);
    if (items.left < 4) return fail(items);
    items.add(ids.scopePrefix, o + 3, 1, b[o + 3]);
    items.at += 4;
    const rest = n - 4;
    if (rest < 0) return fail(items);
    if (family === 1) addAddress(items, ids.address, rest < 4 ? rest : 4, 4);
    else if (family === 2) addAddress(items, ids["address#6"], rest < 16 ? rest : 16, 16);
    else items.add(ids._address, items.at, rest, 0);
  }
  protected override put(writer: Writer, v: Value): void {
    writer.uint(Number(v.code ?? 0), 2);
    const lengthAt = writer.reserve(2);
    const start = writer.at;
    if (v.data !== undefined) writer.put(asBytes(v.data));
    else {
      for (const a of (v.algorithms ?? []) as readonly number[]) writer.uint(a, 1);
      if (v.address !== undefined || v.family !== undefined) {
        const text = String(v.address ?? "");
        const six = text.includes(":");
        const prefix = Number(v.sourcePrefix ?? (six ? 56 : 24));
        writer.uint(Number(v.family ?? (six ? 2 : 1)), 2);
        writer.uint(prefix, 1);
        writer.uint(Number(v.scopePrefix ?? 0), 1);
        if (text !== "") writer.put(addressHead(text, (prefix + 7) >> 3));
      }
      writer.put(asBytes(v.clientCookie));
      writer.put(asBytes(v.serverCookie));
      if (v.timeout !== undefined) writer.uint(Number(v.timeout), 2);
      if (v.infoCode !== undefined) writer.uint(Number(v.infoCode), 2);
      writer.put(asBytes(v.extraText));
    }
    store16(writer, lengthAt, v.length === undefined ? writer.at - start : Number(v.length));
  }
}
