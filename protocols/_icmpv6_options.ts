/**
 * Options of Neighbor Discovery (RFC 4861 section 4.6 and the documents IANA lists under "ICMPv6 Neighbor Discovery Option
 * Formats") and of RPL (RFC 6550 section 6.7, RFC 6551, RFC 6997).
 *
 * @module
 */
import { writeIpv6 } from "../core/address.ts";
import {
  bits,
  bytes,
  choose,
  computed,
  custom,
  eui64,
  Field,
  fixedBytes,
  flag,
  group,
  ifLeft,
  inline,
  ipv6Address,
  list,
  type Registry,
  sized,
  skip,
  text,
  u16,
  u32,
  u8,
  type ValueNames,
  within,
  type Writer,
} from "../core/field.ts";
import { type Items, Kind } from "../core/items.ts";
import { NAME_BYTES_MAX } from "../core/limits.ts";
import { nameBytes } from "../core/name.ts";
import { RecipeRead, runField } from "../core/recipe.ts";
import { Check, type OptionCase, options } from "./_options.ts";

/** An option. `kind` is its type; the other keys depend on it. */
export interface Icmpv6Option {
  /** Type. */
  readonly kind: number;
  /** Length in units of 8 bytes, type and length included; of an RPL option in bytes, without them. */
  readonly length?: number;
  /** What the option carries. */
  readonly [key: string]: unknown;
}

/** Type of the redirected header option. */
export const REDIRECTED = 4;

const TYPES: ValueNames = {
  1: "Source link-layer address",
  2: "Target link-layer address",
  3: "Prefix information",
  4: "Redirected header",
  5: "MTU",
  6: "NBMA Shortcut Limit Option",
  7: "Advertisement Interval",
  8: "Home Agent Information",
  9: "Source Address List",
  10: "Target Address List",
  11: "CGA",
  12: "RSA Signature",
  13: "Timestamp",
  14: "Nonce",
  15: "Trust Anchor",
  16: "Certificate",
  17: "IP Address/Prefix Option",
  18: "New Router Prefix Information",
  19: "Link-layer Address",
  20: "Neighbor Advertisement Acknowledgment",
  23: "MAP",
  24: "Route Information",
  25: "Recursive DNS Server",
  26: "RA Flags Extension",
  27: "Handover Key Request",
  28: "Handover Key Reply",
  29: "Handover Assist Information",
  30: "Mobile Node Identifier Option",
  31: "DNS Search List Option",
  32: "Proxy Signature (PS)",
  33: "Address Registration Option",
  34: "6LoWPAN Context Option",
  35: "Authoritative Border Router",
  36: "6LoWPAN Capability Indication Option",
  37: "DHCP Captive-Portal",
  38: "PREF64 Option",
  138: "CARD Request",
  139: "CARD Reply",
  253: "RFC3692-style Experiment 1",
  254: "RFC3692-style Experiment 2",
};
/** Preferences of routers (RFC 4191 section 2.1). */
export const PREFERENCES: ValueNames = { 0: "Medium", 1: "High", 2: "Reserved", 3: "Low" };
const FOREVER: ValueNames = { 0xffffffff: "Infinity" };

/**
 * The first bytes of an IPv6 address, as many as are left (but at most 16), the rest being zero. `unit`, `before`: the
 * option's length counts units of so many bytes, and so many of them stand before the address.
 */
function prefix(abbrev: string, name: string, unit: number, before: number): Field<unknown> {
  const address = ipv6Address(abbrev, name);
  return custom({
    fields: { prefix: address },
    emit(items) {
      const n = Math.min(16, items.left);
      if (n > 0) items.add(address.id, items.at, n, 0);
      items.at += n;
    },
    write(writer, value, object) {
      if (typeof value !== "string") return;
      const whole = new Uint8Array(16);
      writeIpv6(whole, 0, value);
      let n = 16;
      while (n > 0 && whole[n - 1] === 0) n--;
      // Without a length: whole units of 8 bytes, enough for what is told and for what is not zero.
      const told = Math.ceil(Number(object.prefixLength ?? 0) / 8);
      const wanted = object.length === undefined
        ? (Math.max(n, told) + 7) & ~7
        : Number(object.length) * unit - before;
      writer.put(whole.subarray(0, Math.max(0, Math.min(16, wanted))));
    },
  });
}

/** Bytes of a name without compression, or -1. */
function plainLength(b: Uint8Array, at: number, end: number): number {
  for (let p = at; p < end; p += 1 + b[p]) {
    if (b[p] === 0) return p + 1 - at;
    if (b[p] >= 0x40 || p - at > NAME_BYTES_MAX) return -1;
  }
  return -1;
}

/** A domain name without compression (RFC 8106 section 5.2). */
class PlainName extends Field<string> {
  readonly #field: Field<number>;
  constructor(abbrev: string, name: string) {
    super(-1);
    this.#field = computed(abbrev, name, () => -1, { kind: Kind.Name });
  }
  override register(registry: Registry, key: string, list: boolean): void {
    this.#field.register(registry, key, list);
  }
  override emit(items: Items): void {
    const { at, end } = items;
    if (items.bytes[at] === 0) {
      // Padding.
      items.at = end;
      return;
    }
    const n = plainLength(items.bytes, at, end);
    if (n < 0) {
      items.malformed = true;
      items.at = end;
      return;
    }
    items.add(this.#field.id, at, n, at);
    items.at = at + n;
  }
  override write(writer: Writer, value: unknown): void {
    writer.put(nameBytes(String(value)));
  }
  override covers(wanted: (abbrev: string) => boolean): boolean {
    return this.#field.covers(wanted);
  }
}

/** Bytes of the value of an option that holds an address of 8 bytes and its padding (RFC 4944 section 8). */
const WIDE = 14;

/** Bytes of the address at the cursor: 8 if zeros pad it to the option's size, else all. */
function addressBytes(items: Items): number {
  const { left, at, bytes: b } = items;
  if (left !== WIDE) return left;
  for (let i = at + 8; i < at + WIDE; i++) if (b[i] !== 0) return WIDE;
  return 8;
}

/** A link-layer address, which Wireshark shows under two names. */
function linkAddress(side: "src" | "target"): Record<string, Field<unknown>> {
  const title = `${side === "src" ? "Source" : "Target"} Link-layer address`;
  const any = bytes("icmpv6.opt.linkaddr", "Link-layer address");
  const anyWide = eui64("icmpv6.opt.linkaddr_eui64", "Link-layer address");
  const wide = eui64(`icmpv6.opt.${side}_linkaddr_eui64`, title);
  return {
    _any: new Check(
      (items) => {
        const n = addressBytes(items);
        if (n === 0) return;
        items.add(any.id, items.at, n, 0);
        if (n === items.left) return;
        items.add(anyWide.id, items.at, 8, 0);
        items.add(wide.id, items.at, 8, 0);
      },
      [],
      { _any: any, _anyWide: anyWide, _wide: wide },
      // A MAC address is usual.
      (r) => {
        r.told(2 + 6);
        r.run([runField({ id: any.id, read: RecipeRead.None, at: 0, length: 6 })], 0);
      },
    ),
    address: bytes(`icmpv6.opt.${side}_linkaddr`, title, addressBytes, { usual: 6 }),
    _padding: padding(),
  };
}

/** Bytes that nothing is said of. */
const padding = (): Field<unknown> => bytes("", "Padding");

/** A time of 48 bits of seconds since 1970 and 16 of their fraction (RFC 3971 section 5.3.1). */
function sendTime(): Field<unknown> {
  const raw = bytes("", "Timestamp");
  const time = computed("icmpv6.opt.timestamp", "Timestamp", () => -1, { kind: Kind.Epoch });
  return custom({
    fields: { timestamp: raw, _time: time },
    emit(items) {
      const b = items.bytes, at = items.at;
      if (!items.has(8)) return;
      items.add(raw.id, at, 8, 0);
      let seconds = 0;
      for (let i = 0; i < 6; i++) seconds = seconds * 256 + b[at + i];
      items.addTime(
        time.id,
        seconds,
        Math.round(((b[at + 6] << 8) | b[at + 7]) * (1_000_000_000 / 65_536)),
      );
      items.at = at + 8;
    },
    write(writer, value) {
      if (value instanceof Uint8Array) writer.put(value);
    },
  });
}

/** Parameters of a cryptographically generated address (RFC 3972 section 3). */
function cga(): Field<unknown> {
  const all = bytes("icmpv6.opt.cga", "CGA");
  const modifier = bytes("icmpv6.opt.cga.modifier", "Modifier");
  const subnet = bytes("icmpv6.opt.cga.subnet_prefix", "Subnet Prefix");
  const count = bytes("icmpv6.opt.cga.count", "Count");
  const type = u16("icmpv6.opt.cga.ext_type", "Ext Type");
  const length = u16("icmpv6.opt.cga.ext_length", "Ext Length");
  const data = bytes("icmpv6.opt.cga.ext_data", "Ext Data");
  return inline({
    padLength: u8("icmpv6.opt.cga.pad_length", "Pad Length"),
    reserved: skip(1),
    parameters: custom({
      fields: {
        parameters: all,
        _modifier: modifier,
        _subnet: subnet,
        _count: count,
        _type: type,
        _length: length,
        _data: data,
      },
      emit(items) {
        const at = items.at, n = items.left - items.bytes[at - 2];
        if (n < 0) {
          items.malformed = true;
          return;
        }
        if (n > 0) items.add(all.id, at, n, 0);
        items.depth++;
        if (n >= 16) items.add(modifier.id, at, 16, 0);
        if (n >= 24) items.add(subnet.id, at + 16, 8, 0);
        if (n >= 25) items.add(count.id, at + 24, 1, 0);
        const b = items.bytes, end = at + n;
        // Behind the key, which tells its own length (DER), stand extensions (RFC 4581).
        for (let p = afterElement(b, at + 25, end); p + 4 <= end;) {
          const size = (b[p + 2] << 8) | b[p + 3];
          items.add(type.id, p, 2, (b[p] << 8) | b[p + 1]);
          items.add(length.id, p + 2, 2, size);
          p += 4;
          if (p + size > end) {
            items.malformed = true;
            break;
          }
          items.add(data.id, p, size, 0);
          p += size;
        }
        items.depth--;
        items.at = items.end;
      },
      write(writer, value, object) {
        if (value instanceof Uint8Array) writer.put(value);
        writer.reserve(Number(object.padLength ?? 0));
      },
    }),
  });
}

/** Where the element of DER at `at` ends (X.690 section 8.1.3); `end` if it does not say so before. */
function afterElement(b: Uint8Array, at: number, end: number): number {
  if (at + 2 > end) return end;
  let length = b[at + 1], p = at + 2;
  if (length >= 0x80) {
    const n = length & 0x7f;
    if (n < 1 || n > 2 || p + n > end) return end;
    length = n === 1 ? b[p] : (b[p] << 8) | b[p + 1];
    p += n;
  }
  return Math.min(end, p + length);
}

/** Bytes of the option's end that are padding are told by a field `back` bytes before; what is not. */
const unpadded = (back: number) => (items: Items): number =>
  Math.max(0, items.left - items.bytes[items.at - back]);

function option(
  name: string,
  fields: Readonly<Record<string, Field<unknown>>>,
): OptionCase {
  return ["icmpv6.opt", `ICMPv6 Option (${name})`, fields];
}

/** Options of Neighbor Discovery; each call makes new fields. */
export function discoveryOptions(): Field<readonly Icmpv6Option[]> {
  const hex = { hex: true };
  return options<Icmpv6Option>({
    kind: () => ({ kind: u8("icmpv6.opt.type", "Type", { values: TYPES }) }),
    length: () => u8("icmpv6.opt.length", "Length"),
    uncounted: 0,
    unit: 8,
    rest: "",
    cases: {
      1: option("Source link-layer address", linkAddress("src")),
      2: option("Target link-layer address", linkAddress("target")),
      3: option("Prefix information", {
        prefixLength: u8("icmpv6.opt.prefix.length", "Prefix Length"),
        flags: u8("icmpv6.opt.prefix.flag", "Flag", hex),
        onLink: flag(0x80, "icmpv6.opt.prefix.flag.l", "On-link flag(L)"),
        autonomous: flag(
          0x40,
          "icmpv6.opt.prefix.flag.a",
          "Autonomous address-configuration flag(A)",
        ),
        routerAddress: flag(0x20, "icmpv6.opt.prefix.flag.r", "Router address flag(R)"),
        _reserved: within(0x1f, "icmpv6.opt.prefix.flag.reserved", "Reserved"),
        validLifetime: u32("icmpv6.opt.prefix.valid_lifetime", "Valid Lifetime", {
          values: FOREVER,
        }),
        preferredLifetime: u32("icmpv6.opt.prefix.preferred_lifetime", "Preferred Lifetime", {
          values: FOREVER,
        }),
        reserved: skip(4),
        prefix: ipv6Address("icmpv6.opt.prefix", "Prefix"),
      }),
      [REDIRECTED]: option("Redirected header", { reserved: skip(6), packet: bytes("", "Packet") }),
      5: option("MTU", { reserved: skip(2), mtu: u32("icmpv6.opt.mtu", "MTU") }),
      6: option("NBMA Shortcut Limit", {
        limit: u8("icmpv6.opt.nbma.shortcut_limit", "Shortcut Limit"),
        reserved: skip(5),
      }),
      7: option("Advertisement Interval", {
        reserved: skip(2),
        interval: u32("icmpv6.opt.advertisement_interval", "Advertisement Interval"),
      }),
      8: option("Home Agent Information", {
        reserved: skip(2),
        preference: u16("icmpv6.opt.home_agent_preference", "Home Agent Preference"),
        lifetime: u16("icmpv6.opt.home_agent_lifetime", "Home Agent Preference"),
      }),
      9: addressList("Source Address List"),
      10: addressList("Target Address List"),
      11: option("CGA", { _cga: cga() }),
      12: option("RSA Signature", {
        reserved: skip(2),
        keyHash: fixedBytes(16, "icmpv6.opt.rsa.key_hash", "Key Hash"),
        signature: bytes("", "Digital Signature and Padding"),
      }),
      13: option("Timestamp", { reserved: skip(6), timestamp: sendTime() }),
      14: option("Nonce", { nonce: bytes("icmpv6.opt.nonce", "Nonce") }),
      15: option("Trust Anchor", {
        nameType: u8("icmpv6.opt.name_type", "Name Type", { values: NAME_TYPES }),
        padLength: u8("icmpv6.opt.cga.pad_length", "Pad Length"),
        _name: choose(
          "nameType",
          {
            1: inline({
              name: bytes("icmpv6.opt.name_x501", "DER Encoded X.501 Name", unpadded(1)),
            }),
            2: inline({ name: text("icmpv6.opt.name_type.fqdn", "FQDN", unpadded(1)) }),
          },
          inline({ name: bytes("", "Name", unpadded(1)) }),
        ),
        padding: padding(),
      }),
      16: option("Certificate", {
        nameType: u8("icmpv6.opt.name_type", "Cert Type", {
          values: { 1: "X.509v3 Certificate" },
        }),
        reserved: skip(1),
        certificate: bytes("", "Certificate and Padding"),
      }),
      17: option("IP Address/Prefix", {
        code: u8("icmpv6.opt.ipa.option_code", "Option-code", {
          values: {
            1: "Old Care-of Address",
            2: "New Care-of Address",
            3: "NAR's IP address",
            4: "NAR's Prefix (sent in PrRtAdv)",
          },
        }),
        prefixLength: u8("icmpv6.opt.ipa.prefix_len", "Prefix Length"),
        reserved: skip(4),
        address: ipv6Address("icmpv6.opt.ipa.ipv6_address", "IPv6 Address"),
      }),
      18: option("New Router Prefix Information", {
        code: u8("icmpv6.opt.nrpi.option_code", "Option-code"),
        prefixLength: u8("icmpv6.opt.nrpi.prefix_len", "Prefix Length"),
        reserved: skip(4),
        prefix: ipv6Address("icmpv6.opt.nrpi.prefix", "Prefix"),
      }),
      19: option("Link-layer Address", {
        code: u8("icmpv6.opt.lla.option_code", "Option-code", {
          values: {
            0: "Wildcard",
            1: "Link-layer Address of the New Access Point",
            2: "Link-layer Address of the MN",
            3: "Link-layer Address of the NAR",
            4: "Link-layer Address of the source",
            5: "The AP belongs to the current interface of the router",
            6: "No prefix information available",
            7: "No fast handovers support available",
          },
        }),
        address: bytes("icmpv6.opt.lla.bytes", "Link-Layer Address"),
      }),
      20: option("Neighbor Advertisement Acknowledgment", {
        code: u8("icmpv6.opt.naack.option_code", "Option-Code"),
        status: u8("icmpv6.opt.naack.status", "Status", {
          values: {
            1: "New CoA is invalid, perform address configuration",
            2: "New CoA is invalid, use the supplied CoA",
            3: "NCoA is invalid, use NAR's IP address as NCoA in FBU",
            4: "PCoA supplied, do not send FBU",
            128: "LLA is unrecognized",
          },
        }),
        reserved: skip(4),
        supplied: ifLeft(ipv6Address("icmpv6.opt.naack.supplied_ncoa", "Supplied NCoA")),
      }),
      23: option("MAP", {
        distance: bits(4, "icmpv6.opt.map.distance", "Distance"),
        preference: bits(4, "icmpv6.opt.map.preference", "Preference"),
        flags: u8("icmpv6.opt.map.flag", "Flag", hex),
        regional: flag(0x80, "icmpv6.opt.map.flag.r", "RCoA Flag"),
        _reserved: within(0x7f, "icmpv6.opt.map.flag.reserved", "Reserved"),
        lifetime: u32("icmpv6.opt.map.valid_lifetime", "Valid Lifetime"),
        address: ipv6Address("icmpv6.opt.map.global_address", "Global Address"),
      }),
      24: option("Route Information", {
        prefixLength: u8("icmpv6.opt.prefix.length", "Prefix Length"),
        flags: u8("icmpv6.opt.route_info.flag", "Flag", hex),
        preference: within(
          0x18,
          "icmpv6.opt.route_info.flag.route_preference",
          "Route Preference",
          { values: PREFERENCES },
        ),
        _reserved: within(0xe7, "icmpv6.opt.route_info.flag.reserved", "Reserved"),
        lifetime: u32("icmpv6.opt.route_lifetime", "Route Lifetime", { values: FOREVER }),
        prefix: prefix("icmpv6.opt.prefix", "Prefix", 8, 8),
      }),
      25: option("Recursive DNS Server", {
        reserved: skip(2),
        lifetime: u32("icmpv6.opt.rdnss.lifetime", "Lifetime", {
          values: { 0: "RDNSS address MUST no longer be used", ...FOREVER },
        }),
        servers: list(ipv6Address("icmpv6.opt.rdnss", "Recursive DNS Servers")),
      }),
      26: option("RA Flags Extension", {
        flags: u16("icmpv6.opt.efo", "Flags Expansion Option", hex),
        managed: flag(0x8000, "icmpv6.opt.efo.m", "Managed address configuration"),
        other: flag(0x4000, "icmpv6.opt.efo.o", "Other configuration"),
        homeAgent: flag(0x2000, "icmpv6.opt.efo.h", "Home Agent"),
        preference: within(0x1800, "icmpv6.opt.efo.prf", "Prf (Default Router Preference)", {
          values: PREFERENCES,
        }),
        proxy: flag(0x0400, "icmpv6.opt.efo.p", "Proxy"),
        _reserved: within(0x02ff, "icmpv6.opt.efo.rsv", "Reserved"),
        reserved: skip(4),
      }),
      27: option("Handover Key Request", {
        padLength: u8("icmpv6.opt.hkr.pad_length", "Pad Length"),
        algorithm: bits(4, "icmpv6.opt.hkr.at", "AT"),
        reserved: bits(4, "icmpv6.opt.hkr.reserved", "Reserved"),
        key: bytes(
          "icmpv6.opt.hkr.encryption_public_key",
          "Handover Key Encryption Public Key",
          unpadded(2),
        ),
        padding: bytes("icmpv6.opt.hkr.padding", "Padding"),
      }),
      28: option("Handover Key Reply", {
        padLength: u8("icmpv6.opt.hkr.pad_length", "Pad Length"),
        algorithm: bits(4, "icmpv6.opt.hkr.at", "AT"),
        reserved: bits(4, "icmpv6.opt.hkr.reserved", "Reserved"),
        lifetime: u16("icmpv6.opt.hkr.lifetime", "Lifetime"),
        key: bytes(
          "icmpv6.opt.hkr.encrypted_handover_key",
          "Encrypted Handover Key",
          unpadded(4),
        ),
        padding: bytes("icmpv6.opt.hkr.padding", "Padding"),
      }),
      29: option("Handover Assist Information", {
        code: u8("icmpv6.opt.hai.option_code", "Option-Code", {
          values: { 1: "Access Network Identifier (AN ID)", 2: "Sector ID" },
        }),
        valueLength: u8("icmpv6.opt.hai.length", "HAI-Length"),
        value: bytes("icmpv6.opt.hai.value", "HAI-Value", "valueLength"),
        padding: bytes("", "Padding"),
      }),
      30: option("Mobile Node Identifier", {
        code: u8("icmpv6.opt.mn.option_code", "Option-Code", { values: { 1: "NAI", 2: "IMSI" } }),
        valueLength: u8("icmpv6.opt.mn.length", "MN-Length"),
        value: bytes("icmpv6.opt.mn.value", "MN-Value", "valueLength"),
        padding: bytes("", "Padding"),
      }),
      31: option("DNS Search List", {
        reserved: skip(2),
        lifetime: u32("icmpv6.opt.dnssl.lifetime", "Lifetime", {
          values: { 0: "DNSSL domain name MUST no longer be used", ...FOREVER },
        }),
        names: list(new PlainName("icmpv6.opt.dnssl", "Domain Names")),
      }),
      32: option("Proxy Signature", {
        reserved: skip(2),
        keyHash: fixedBytes(16, "icmpv6.opt.ps.key_hash", "Key Hash"),
        signature: bytes("", "Digital Signature and Padding"),
      }),
      33: option("Address Registration", {
        status: u8("icmpv6.opt.aro.status", "Status", { values: REGISTRATION }),
        reserved: skip(3),
        lifetime: u16("icmpv6.opt.aro.registration_lifetime", "Registration  Lifetime"),
        eui64: eui64("icmpv6.opt.aro.eui64", "EUI-64"),
      }),
      34: option("6LoWPAN Context", {
        prefixLength: u8("icmpv6.opt.6co.context_length", "Context Length"),
        flags: u8("icmpv6.opt.6co.flag", "Flag", hex),
        compression: flag(0x10, "icmpv6.opt.6co.flag.c", "Compression Flag"),
        context: within(0x0f, "icmpv6.opt.6co.flag.cid", "CID"),
        _reserved: within(0xe0, "icmpv6.opt.6co.flag.reserved", "Reserved"),
        reserved: skip(2),
        lifetime: u16("icmpv6.opt.6co.valid_lifetime", "Lifetime"),
        prefix: prefix("icmpv6.opt.6co.context_prefix", "Context Prefix", 8, 8),
      }),
      35: option("Authoritative Border Router", {
        versionLow: u16("icmpv6.opt.abro.version_low", "Version Low"),
        versionHigh: u16("icmpv6.opt.abro.version_high", "Version"),
        lifetime: u16("icmpv6.opt.abro.valid_lifetime", "Valid Lifetime"),
        address: ipv6Address("icmpv6.opt.abro.6lbr_address", "6LBR Address"),
      }),
      36: option("6LoWPAN Capability Indication", {
        flags: u16("", "Flags", hex),
        _unassigned: within(0xfffe, "icmpv6.opt.6cio.unassigned1", "Unassigned", hex),
        generic: within(0x0001, "icmpv6.opt.6cio.flag_g", "G", hex),
        unassigned: u32("icmpv6.opt.6cio.unassigned2", "Unassigned", hex),
      }),
      37: option("Captive Portal", {
        uri: text("icmpv6.opt.captive_portal", "Captive Portal", (items) => items.left, {
          terminator: 0,
        }),
      }),
      38: option("PREF64", {
        lifetime: bits(13, "icmpv6.opt.pref64.scaled_lifetime", "Scaled Lifetime"),
        code: bits(3, "icmpv6.opt.pref64.plc", "PLC (Prefix Length Code)", {
          hex: true,
          values: {
            0: "96 bits prefix length",
            1: "64 bits prefix length",
            2: "56 bits prefix length",
            3: "48 bits prefix length",
            4: "40 bits prefix length",
            5: "32 bits prefix length",
          },
        }),
        prefix: pref64(),
      }),
    },
    otherwise: option("Unknown", { data: bytes("icmpv6.data", "Data") }),
  });
}

/** Bytes of the prefix by its code (RFC 8781 section 4). */
const PREF64_BYTES = [12, 8, 7, 6, 5, 4, 12, 12];

/** The upper 96 bits of an address, of which the code before them says how many are the prefix. */
function pref64(): Field<unknown> {
  const address = ipv6Address("icmpv6.opt.pref64.prefix", "Prefix");
  return custom({
    fields: { prefix: address },
    emit(items) {
      if (!items.has(12)) return;
      items.add(address.id, items.at, PREF64_BYTES[items.bytes[items.at - 1] & 7], 0);
      items.at += 12;
    },
    write(writer, value) {
      const whole = new Uint8Array(16);
      if (typeof value === "string") writeIpv6(whole, 0, value);
      writer.put(whole.subarray(0, 12));
    },
  });
}

function addressList(name: string): OptionCase {
  return option(name, {
    reserved: skip(6),
    addresses: list(ipv6Address("icmpv6.opt.ipv6_address", "IPv6 Address")),
  });
}

const NAME_TYPES: ValueNames = {
  1: "DER Encoded X.501 Name",
  2: "FQDN",
  3: "SHA-1 Subject Key Identifier (SKI)",
  4: "SHA-224 Subject Key Identifier (SKI)",
  5: "SHA-256 Subject Key Identifier (SKI)",
  6: "SHA-384 Subject Key Identifier (SKI)",
  7: "SHA-512 Subject Key Identifier (SKI)",
  253: "Reserved for Experimental Use",
  254: "Reserved for Experimental Use",
  255: "Reserved",
};
/** States of an address registration (RFC 6775 section 4.1). */
export const REGISTRATION: ValueNames = {
  0: "Success",
  1: "Duplicate Exists",
  2: "Neighbor Cache Full",
};

const RPL_TYPES: ValueNames = {
  0: "1-byte padding",
  1: "n-byte padding",
  2: "DAG Metric container",
  3: "Routing Information",
  4: "DODAG configuration",
  5: "RPL Target",
  6: "Transit Information",
  7: "Solicited Information",
  8: "Prefix Information",
  9: "RPL Target Descriptor",
  10: "P2P Route Discovery",
};
const METRIC = "icmpv6.rpl.opt.metric";

/** A metric or constraint (RFC 6551). */
function metric(): Field<unknown> {
  const hex = { hex: true };
  return group("", "Metric", {
    type: u8(`${METRIC}.type`, "Routing Metric/Constraint Type", {
      values: {
        1: "Node State and Attribute",
        2: "Node Energy",
        3: "Hop Count",
        4: "Link Throughput",
        5: "Link Latency",
        6: "Link Quality Level",
        7: "Link ETX",
        8: "Link Color",
      },
    }),
    flags: u16(`${METRIC}.flags`, "Flags", hex),
    _reserved: within(0xf800, `${METRIC}.reserved`, "Reserved Flags", hex),
    partial: flag(0x400, `${METRIC}.flag.p`, "Flag P"),
    constraint: flag(0x200, `${METRIC}.flag.c`, "Flag C"),
    optional: flag(0x100, `${METRIC}.flag.o`, "Flag O"),
    recorded: flag(0x080, `${METRIC}.flag.r`, "Flag R"),
    aggregation: within(0x070, `${METRIC}.flag.a`, "A Field", hex),
    precedence: within(0x00f, `${METRIC}.prec`, "Precedence field", hex),
    metricLength: u8(`${METRIC}.length`, "Metric Length"),
    _body: sized(
      (items) => items.bytes[items.at - 1],
      choose(
        (items) => {
          const b = items.bytes, at = items.at;
          // Link colors are told or demanded, which have different forms.
          return b[at - 4] === 8 && (b[at - 3] & 2) !== 0 ? 9 : b[at - 4] === 9 ? 0 : b[at - 4];
        },
        {
          1: inline({
            state: u16(`${METRIC}.nsa.object`, "Node State and Attribute Object", hex),
            _stateReserved: within(
              0xff00,
              `${METRIC}.nsa.object.reserved`,
              "Reserved field",
              hex,
            ),
            _stateFlags: within(0x00fc, `${METRIC}.nsa.object.flags`, "Flags", hex),
            aggregator: flag(0x2, `${METRIC}.nsa.object.flag.a`, "Flag A"),
            overloaded: flag(0x1, `${METRIC}.nsa.object.flag.o`, "Flag O"),
            tlvs: list(group("", "TLV", {
              type: u8(
                `${METRIC}.nsa.object.opttlv.object.type`,
                "Node State and Attribute Optional TLV Type",
              ),
              _object: within(
                0xff,
                `${METRIC}.nsa.object.opttlv.object`,
                "Node State and Attribute Optional TLV",
              ),
              dataLength: u8(
                `${METRIC}.nsa.object.opttlv.object.length`,
                "Node State and Attribute Optional TLV Length",
              ),
              data: bytes(`${METRIC}.nsa.object.opttlv.object.data`, "Raw Data", "dataLength"),
            })),
          }),
          2: inline({
            energy: u16(`${METRIC}.ne.object`, "Node Energy Object", hex),
            _energyFlags: within(0xf000, `${METRIC}.ne.object.flags`, "Flags field", hex),
            included: flag(0x0800, `${METRIC}.ne.object.flag.i`, "Flag I"),
            energyType: within(0x0600, `${METRIC}.ne.object.type`, "Type", hex),
            estimated: flag(0x0100, `${METRIC}.ne.object.flag.e`, "Flag E"),
            level: within(0x00ff, `${METRIC}.ne.object.energy`, "Energy", hex),
          }),
          3: inline({
            hop: u16(`${METRIC}.hp.object`, "Hop Count Object", hex),
            _hopReserved: within(0xf000, `${METRIC}.hp.object.reserved`, "Reserved field", hex),
            _hopFlags: within(0x0f00, `${METRIC}.hp.object.flags`, "Flags", hex),
            hops: within(0x00ff, `${METRIC}.hp.object.hp`, "Hop Count"),
          }),
          4: inline({ throughput: list(u32(`${METRIC}.lt.object.lt`, "Link Throughput")) }),
          5: inline({ latency: list(u32(`${METRIC}.ll.object.ll`, "Link Latency")) }),
          6: inline({
            reserved: u8(`${METRIC}.lql.object.res`, "Reserved field", hex),
            qualities: list(group("", "Link Quality Level", {
              object: u8(`${METRIC}.lql.object`, "Link Quality Level Object", hex),
              value: within(0xe0, `${METRIC}.lql.object.val`, "Val(ue)", hex),
              counter: within(0x1f, `${METRIC}.lql.object.counter`, "Counter"),
            })),
          }),
          7: inline({ etx: list(u16(`${METRIC}.etx.object.etx`, "ETX")) }),
          8: inline({
            reserved: u8(`${METRIC}.lc.object.res`, "Reserved field", hex),
            colors: list(group("", "Link Color", {
              object: u16("", "Link Color Object", hex),
              color: within(0xffc0, `${METRIC}.lc.object.lc`, "Link Color", hex),
              counter: within(0x003f, `${METRIC}.lc.object.counter`, "Counter"),
            })),
          }),
          9: inline({
            reserved: u8(`${METRIC}.lc.object.res`, "Reserved field", hex),
            colors: list(group("", "Link Color", {
              object: u16("", "Link Color Object", hex),
              color: within(0xffc0, `${METRIC}.lc.object.lc`, "Link Color", hex),
              _colorReserved: within(0x003e, `${METRIC}.lc.object.reserved`, "Reserved"),
              include: within(0x0001, `${METRIC}.lc.object.flag.i`, "Flag I"),
            })),
          }),
        },
        inline({ data: bytes("icmpv6.unknown_data", "Unknown Data") }),
        (object) =>
          object.type === 8 && object.constraint === true
            ? 9
            : object.type === 9
            ? 0
            : Number(object.type ?? 0),
      ),
    ),
  });
}

/** Options of RPL; each call makes new fields. */
export function rplOptions(): Field<readonly Icmpv6Option[]> {
  const hex = { hex: true }, o = "icmpv6.rpl.opt";
  const type = (): Field<number> => u8(`${o}.type`, "Type", { values: RPL_TYPES });
  return options<Icmpv6Option>({
    kind: () => ({ kind: type() }),
    length: () => u8(`${o}.length`, "Length"),
    uncounted: 2,
    rest: "icmpv6.unknown_data",
    single: { 0: option("1-byte padding", {}) },
    cases: {
      1: option("n-byte padding", { padding: bytes("", "Paddn") }),
      2: option("DAG Metric container", { metrics: list(metric()) }),
      3: option("Routing Information", {
        prefixLength: u8(`${o}.route.prefix_length`, "Prefix Length"),
        flags: u8(`${o}.route.flag`, "Flag", hex),
        preference: within(0x18, `${o}.route.pref`, "Preference", { values: PREFERENCES }),
        _reserved: within(0xe7, `${o}.route.reserved`, "Reserved"),
        lifetime: u32(`${o}.route.lifetime`, "Route Lifetime", { values: FOREVER }),
        prefix: prefix(`${o}.route.prefix`, "Prefix", 1, 6),
      }),
      4: option("DODAG configuration", {
        flags: u8(`${o}.config.flag`, "Flag", hex),
        _reserved: within(0xf0, `${o}.config.reserved`, "Reserved"),
        authenticated: flag(0x08, `${o}.config.auth`, "Authentication Enabled"),
        pathControlSize: within(0x07, `${o}.config.pcs`, "Path Control Size"),
        intervalDoublings: u8(`${o}.config.interval_double`, "DIOIntervalDoublings"),
        intervalMin: u8(`${o}.config.interval_min`, "DIOIntervalMin"),
        redundancy: u8(`${o}.config.redundancy`, "DIORedundancyConstant"),
        maxRankIncrease: u16(`${o}.config.max_rank_inc`, "MaxRankInc"),
        minHopRankIncrease: u16(`${o}.config.min_hop_rank_inc`, "MinHopRankInc"),
        objective: u16(`${o}.config.ocp`, "OCP (Objective Code Point)"),
        reserved: u8(`${o}.config.rsv`, "Reserved"),
        defaultLifetime: u8(`${o}.config.def_lifetime`, "Default Lifetime"),
        lifetimeUnit: u16(`${o}.config.lifetime_unit`, "Lifetime Unit"),
      }),
      5: option("RPL Target", {
        flags: u8("", "Reserved"),
        prefixLength: u8(`${o}.target.prefix_length`, "Target Length"),
        prefix: prefix(`${o}.target.prefix`, "Target", 1, 2),
      }),
      6: option("Transit Information", {
        flags: u8(`${o}.transit.flag`, "Flags", hex),
        external: flag(0x80, `${o}.transit.flag.e`, "External"),
        _reserved: within(0x7f, `${o}.transit.flag.rsv`, "Reserved"),
        pathControl: u8(`${o}.transit.pathctl`, "Path Control"),
        pathSequence: u8(`${o}.transit.pathseq`, "Path Sequence"),
        pathLifetime: u8(`${o}.transit.pathlifetime`, "Path Lifetime"),
        parent: ifLeft(ipv6Address(`${o}.transit.parent`, "Parent Address")),
      }),
      7: option("Solicited Information", {
        instance: u8(`${o}.solicited.instance`, "Instance"),
        flags: u8(`${o}.solicited.flag`, "Flag", hex),
        versionPredicate: flag(0x80, `${o}.solicited.flag.v`, "Version predicate"),
        instancePredicate: flag(0x40, `${o}.solicited.flag.i`, "InstanceID predicate"),
        dodagPredicate: flag(0x20, `${o}.solicited.flag.d`, "DODAGID predicate"),
        _reserved: within(0x1f, `${o}.solicited.flag.rsv`, "Reserved"),
        dodag: ipv6Address(`${o}.solicited.dodagid`, "DODAGID"),
        version: u8(`${o}.solicited.version`, "Version"),
      }),
      8: option("Prefix Information", {
        prefixLength: u8(`${o}.prefix.length`, "Prefix Length"),
        flags: u8(`${o}.prefix.flag`, "Flag", hex),
        onLink: flag(0x80, `${o}.prefix.flag.l`, "On Link"),
        autonomous: flag(0x40, `${o}.config.flag.a`, "Auto Address Config"),
        routerAddress: flag(0x20, `${o}.config.flag.r`, "Router Address"),
        _reserved: within(0x1f, `${o}.config.flag.rsv`, "Reserved"),
        validLifetime: u32(`${o}.prefix.valid_lifetime`, "Valid Lifetime", { values: FOREVER }),
        preferredLifetime: u32(`${o}.prefix.preferred_lifetime`, "Preferred Lifetime", {
          values: FOREVER,
        }),
        reserved: skip(4),
        prefix: ipv6Address(`${o}.prefix`, "Destination Prefix"),
      }),
      9: option("RPL Target Descriptor", {
        descriptor: u32(`${o}.targetdesc.descriptor`, "Descriptor", hex),
      }),
      10: option("P2P Route Discovery", {
        flags: u8("", "Flags", hex),
        reply: flag(0x80, `${o}.routediscovery.flag.reply`, "Reply"),
        hopByHop: flag(0x40, `${o}.routediscovery.flag.hopbyhop`, "Hop-by-Hop"),
        routes: within(0x30, `${o}.routediscovery.flag.numofroutes`, "Number of Routes"),
        compression: within(0x0f, `${o}.routediscovery.flag.compr`, "Compr"),
        lifetime: bits(2, `${o}.routediscovery.lifetime`, "Lifetime"),
        rank: bits(6, "", "MaxRank or NH"),
        addresses: discovered(),
      }),
    },
    otherwise: option("Unknown", { data: bytes("icmpv6.data", "Data") }),
  });
}

/** Target and address vector of a route discovery: addresses without their first bytes (RFC 6997 section 7). */
function discovered(): Field<unknown> {
  const o = "icmpv6.rpl.opt.routediscovery";
  const all = bytes("", "Addresses");
  const rank = u8(`${o}.maxrank`, "MaxRank");
  const next = u8(`${o}.nh`, "NH");
  const target = ipv6Address(`${o}.targetaddr`, "Target Address");
  const address = ipv6Address(`${o}.addrvec.addr`, "Address");
  const whole = new Uint8Array(16);
  return custom({
    fields: { addresses: all, _rank: rank, _next: next, _target: target, _address: address },
    emit(items) {
      const b = items.bytes, from = items.at, end = items.end;
      // In a discovery reply object the number says which address comes next, elsewhere how far to look.
      const reply = (b[items.start + 1] & 0x7f) === 4;
      items.add((reply ? next : rank).id, from - 1, 1, b[from - 1] & 0x3f);
      if (from < end) items.add(all.id, from, end - from, 0);
      const gone = b[from - 2] & 15, width = 16 - gone;
      for (let at = from; at + width <= end; at += width) {
        whole.fill(0);
        for (let k = 0; k < width; k++) whole[gone + k] = b[at + k];
        items.addText((at === from ? target : address).id, whole);
      }
      items.at = end;
    },
    write(writer, value) {
      if (value instanceof Uint8Array) writer.put(value);
    },
  });
}
