/**
 * Options of pcapng blocks (draft-ietf-opsawg-pcapng section 3.5 and those of each block), typed, and back to the same
 * bytes.
 *
 * @module
 */
import {
  HEX,
  ipv4Text,
  ipv6Text,
  macText,
  writeIpv4,
  writeIpv6,
  writeMac,
} from "../core/address.ts";
import {
  BLOCK_ENHANCED_PACKET,
  BLOCK_INTERFACE,
  BLOCK_NAME_RESOLUTION,
  BLOCK_PACKET,
  BLOCK_SECTION,
  BLOCK_STATISTICS,
  unitsPerSecond,
} from "./pcapng_format.ts";

/** How an interface counts time. */
export interface TimeScale {
  /** Units of a second: `10^-6`, `2^-10` ... */
  readonly resolution: string;
  /** Seconds added to each time. */
  readonly offsetSeconds?: bigint;
}

/** What is told of a packet's way in 32 bits (`epb_flags`, section 4.3.1). */
export interface PacketFlags {
  /** Which way it went; `undefined` if not known. */
  readonly direction?: "inbound" | "outbound";
  /** How it was received; `undefined` if not known. */
  readonly reception?: "unicast" | "multicast" | "broadcast" | "promiscuous";
  /** Bytes of frame check sequence; `undefined` if not known. */
  readonly fcsLength?: number;
  /** The checksum is for the hardware to fill in. */
  readonly checksumNotReady?: boolean;
  /** The checksum was found right. */
  readonly checksumValid?: boolean;
  /** The segment is for the hardware to cut, or was put together by it. */
  readonly segmentationOffloaded?: boolean;
  /** Errors of the link layer. */
  readonly errors?: readonly LinkError[];
}

/** Errors of the link layer that {@linkcode PacketFlags} can tell. */
export type LinkError =
  | "crc"
  | "too-long"
  | "too-short"
  | "inter-frame-gap"
  | "unaligned"
  | "start-frame-delimiter"
  | "preamble"
  | "symbol";

/** A hash of a packet (`epb_hash`). */
export interface PacketHash {
  /** Number of the algorithm. */
  readonly algorithm: number;
  /** Its name: `2s-complement`, `xor`, `crc32`, `md5`, `sha1`, `toeplitz`; `undefined` if not known. */
  readonly algorithmName?: string;
  /** The hash. */
  readonly hash: Uint8Array;
}

/** What was decided about a packet (`epb_verdict`). */
export interface PacketVerdict {
  /** Number of the kind. */
  readonly kind: number;
  /** Its name: `hardware`, `ebpf-tc`, `ebpf-xdp`; `undefined` if not known. */
  readonly kindName?: string;
  /** The decision, in the form its kind has. */
  readonly data: Uint8Array;
}

/** A capture filter (`if_filter`). */
export interface InterfaceFilter {
  /** 0 for text in libpcap's language, 1 for BPF bytecode. */
  readonly kind: number;
  /** The filter; text for kind 0. */
  readonly filter: string | Uint8Array;
}

/** An IPv4 address with its mask (`if_IPv4addr`). */
export interface Ipv4Interface {
  /** The address. */
  readonly address: string;
  /** The mask. */
  readonly mask: string;
}

/** An IPv6 address with its prefix (`if_IPv6addr`). */
export interface Ipv6Interface {
  /** The address. */
  readonly address: string;
  /** Bits of the prefix. */
  readonly prefixLength: number;
}

/** A custom option: somebody's own. */
export interface CustomOption {
  /** Private Enterprise Number of its owner (IANA). */
  readonly enterprise: number;
  /** Whether a tool that does not know it may copy it to another file. */
  readonly copy: boolean;
  /** Its content, as text (codes 2988 and 19372) or bytes (2989 and 19373). */
  readonly data: string | Uint8Array;
}

/** One option by name with a typed value. */
export interface OptionOf<Name extends string, Value> {
  /** Name in the specification. */
  readonly name: Name;
  /** Its value. */
  readonly value: Value;
  /** The value's bytes, only where `value` alone would not give them again; they win when it is encoded. */
  readonly raw?: Uint8Array;
  /** The bytes after the value up to a multiple of 4, only where they are not zeros. */
  readonly padding?: Uint8Array;
}

/** An option that is not known, or whose length is wrong: its code and bytes. */
export interface UnknownOption extends OptionOf<"unknown", Uint8Array> {
  /** Code of the option. */
  readonly code: number;
}

/** Any option. */
export type Option =
  | OptionOf<
    | "comment"
    | "shb_hardware"
    | "shb_os"
    | "shb_userappl"
    | "if_name"
    | "if_description"
    | "if_os"
    | "if_hardware"
    | "if_tsresol"
    | "if_iana_tzname"
    | "if_MACaddr"
    | "if_EUIaddr"
    | "ns_dnsname"
    | "ns_dnsIP4addr"
    | "ns_dnsIP6addr",
    string
  >
  | OptionOf<"if_IPv4addr", Ipv4Interface>
  | OptionOf<"if_IPv6addr", Ipv6Interface>
  | OptionOf<"if_filter", InterfaceFilter>
  | OptionOf<
    | "if_speed"
    | "if_tsoffset"
    | "if_txspeed"
    | "if_rxspeed"
    | "epb_dropcount"
    | "epb_packetid"
    | "isb_starttime"
    | "isb_endtime"
    | "isb_ifrecv"
    | "isb_ifdrop"
    | "isb_filteraccept"
    | "isb_osdrop"
    | "isb_usrdeliv",
    bigint
  >
  | OptionOf<"if_tzone" | "if_fcslen" | "epb_queue", number>
  | OptionOf<"epb_flags" | "pack_flags", PacketFlags>
  | OptionOf<"epb_hash" | "pack_hash", PacketHash>
  | OptionOf<"epb_verdict", PacketVerdict>
  | OptionOf<"custom", CustomOption>
  | UnknownOption;

/** A block's options as they stood. */
export interface OptionList {
  /** The options in order. */
  readonly options: readonly Option[];
  /** What follows the last option, only where it is not what it should be: `opt_endofopt` if there are options, else nothing. */
  readonly optionsTail?: Uint8Array;
}

const DECODER = new TextDecoder("utf-8", { ignoreBOM: true });
const ENCODER = new TextEncoder();

/** Text of bytes, with U+FFFD for what is no UTF-8. */
export function decodeText(bytes: Uint8Array): string {
  return DECODER.decode(bytes);
}

/** Whether two byte strings are the same. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Nanoseconds since 1970 of so many units. */
export function ticksToNanoseconds(ticks: bigint, scale: TimeScale): bigint {
  return ticks * 1_000_000_000n / unitsPerSecond(scale.resolution) +
    (scale.offsetSeconds ?? 0n) * 1_000_000_000n;
}

/** Units of nanoseconds since 1970, rounded down. */
export function nanosecondsToTicks(time: bigint, scale: TimeScale): bigint {
  const product = (time - (scale.offsetSeconds ?? 0n) * 1_000_000_000n) *
    unitsPerSecond(scale.resolution);
  const ticks = product / 1_000_000_000n;
  if (ticks < 0n || ticks > 0xffffffffffffffffn) {
    throw new RangeError(
      `Cannot write time ${time} ns: it does not fit 64 bits of ${scale.resolution} s`,
    );
  }
  return ticks;
}

const RECEPTIONS = ["unicast", "multicast", "broadcast", "promiscuous"] as const;
/** In the order of their bits from 24. */
const LINK_ERRORS: readonly LinkError[] = [
  "crc",
  "too-long",
  "too-short",
  "inter-frame-gap",
  "unaligned",
  "start-frame-delimiter",
  "preamble",
  "symbol",
];

/** Splits the 32 bits of packet flags. */
export function decodePacketFlags(bits: number): PacketFlags {
  const direction = bits & 3;
  const reception = RECEPTIONS[(bits >>> 2 & 7) - 1];
  const fcsLength = bits >>> 5 & 15;
  const errors = LINK_ERRORS.filter((_, i) => (bits >>> (24 + i) & 1) === 1);
  return {
    ...(direction === 1 && { direction: "inbound" }),
    ...(direction === 2 && { direction: "outbound" }),
    ...(reception !== undefined && { reception }),
    ...(fcsLength !== 0 && { fcsLength }),
    ...((bits & 0x200) !== 0 && { checksumNotReady: true }),
    ...((bits & 0x400) !== 0 && { checksumValid: true }),
    ...((bits & 0x800) !== 0 && { segmentationOffloaded: true }),
    ...(errors.length > 0 && { errors }),
  };
}

/** Puts packet flags into 32 bits. */
export function encodePacketFlags(flags: PacketFlags): number {
  let bits = flags.direction === "inbound" ? 1 : flags.direction === "outbound" ? 2 : 0;
  if (flags.reception !== undefined) bits |= RECEPTIONS.indexOf(flags.reception) + 1 << 2;
  bits |= ((flags.fcsLength ?? 0) & 15) << 5;
  if (flags.checksumNotReady) bits |= 0x200;
  if (flags.checksumValid) bits |= 0x400;
  if (flags.segmentationOffloaded) bits |= 0x800;
  for (const error of flags.errors ?? []) bits |= 1 << 24 + LINK_ERRORS.indexOf(error);
  return bits >>> 0;
}

/** How the bytes of an option's value and the value belong together. */
interface Codec<Value> {
  /** Length it must have; a negative one is the least. */
  readonly length: number;
  decode(bytes: Uint8Array, view: DataView, littleEndian: boolean, scale: TimeScale): Value;
  encode(value: Value, littleEndian: boolean, scale: TimeScale): Uint8Array;
}

function numeric<Value>(
  length: number,
  get: (view: DataView, littleEndian: boolean) => Value,
  set: (view: DataView, value: Value, littleEndian: boolean) => void,
): Codec<Value> {
  return {
    length,
    decode: (_bytes, view, littleEndian) => get(view, littleEndian),
    encode(value, littleEndian) {
      const bytes = new Uint8Array(length);
      set(new DataView(bytes.buffer), value, littleEndian);
      return bytes;
    },
  };
}

function fixed<Value>(
  length: number,
  decode: (bytes: Uint8Array) => Value,
  fill: (bytes: Uint8Array, value: Value) => void,
): Codec<Value> {
  return {
    length,
    decode,
    encode(value) {
      const bytes = new Uint8Array(length);
      fill(bytes, value);
      return bytes;
    },
  };
}

function prefixed(first: number, rest: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(1 + rest.length);
  bytes[0] = first;
  bytes.set(rest, 1);
  return bytes;
}

const text: Codec<string> = {
  length: -0,
  decode: decodeText,
  encode: (value) => ENCODER.encode(value),
};
const u8 = numeric<number>(1, (v) => v.getUint8(0), (v, x) => v.setUint8(0, x));
const u32 = numeric<number>(4, (v, le) => v.getUint32(0, le), (v, x, le) => v.setUint32(0, x, le));
const i32 = numeric<number>(4, (v, le) => v.getInt32(0, le), (v, x, le) => v.setInt32(0, x, le));
const u64 = numeric<bigint>(
  8,
  (v, le) => v.getBigUint64(0, le),
  (v, x, le) => v.setBigUint64(0, x, le),
);
const i64 = numeric<bigint>(
  8,
  (v, le) => v.getBigInt64(0, le),
  (v, x, le) => v.setBigInt64(0, x, le),
);
/** A time: the upper 32 bits first, whatever the byte order. */
const time: Codec<bigint> = {
  length: 8,
  decode: (_bytes, view, le, scale) =>
    ticksToNanoseconds(BigInt(view.getUint32(0, le)) << 32n | BigInt(view.getUint32(4, le)), scale),
  encode(value, le, scale) {
    const ticks = nanosecondsToTicks(value, scale);
    const bytes = new Uint8Array(8);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, Number(ticks >> 32n), le);
    view.setUint32(4, Number(ticks & 0xffffffffn), le);
    return bytes;
  },
};
const resolution = fixed<string>(
  1,
  (b) => `${(b[0] & 0x80) !== 0 ? 2 : 10}^-${b[0] & 0x7f}`,
  (b, value) => {
    unitsPerSecond(value);
    b[0] = Number(value.slice(value.indexOf("-") + 1)) | (value.startsWith("2") ? 0x80 : 0);
  },
);
const mac = fixed<string>(6, (b) => macText(b, 0), (b, value) => writeMac(b, 0, value));
const eui = fixed<string>(8, (b) => Array.from(b, (x) => HEX[x]).join(":"), (b, value) => {
  const hex = value.replace(/[:.-]/g, "");
  if (!/^[0-9a-fA-F]{16}$/.test(hex)) {
    throw new TypeError(`Cannot read EUI-64 "${value}": expected eight bytes in hexadecimal`);
  }
  for (let i = 0; i < 8; i++) b[i] = parseInt(hex.slice(2 * i, 2 * i + 2), 16);
});
const ipv4 = fixed<string>(4, (b) => ipv4Text(b, 0), (b, value) => writeIpv4(b, 0, value));
const ipv6 = fixed<string>(16, (b) => ipv6Text(b, 0), (b, value) => writeIpv6(b, 0, value));
const ipv4Interface = fixed<Ipv4Interface>(
  8,
  (b) => ({ address: ipv4Text(b, 0), mask: ipv4Text(b, 4) }),
  (b, value) => {
    writeIpv4(b, 0, value.address);
    writeIpv4(b, 4, value.mask);
  },
);
const ipv6Interface = fixed<Ipv6Interface>(
  17,
  (b) => ({ address: ipv6Text(b, 0), prefixLength: b[16] }),
  (b, value) => {
    writeIpv6(b, 0, value.address);
    b[16] = value.prefixLength;
  },
);
const filter: Codec<InterfaceFilter> = {
  length: -1,
  decode: (b) => ({ kind: b[0], filter: b[0] === 0 ? decodeText(b.subarray(1)) : b.slice(1) }),
  encode: ({ kind, filter }) =>
    prefixed(kind, typeof filter === "string" ? ENCODER.encode(filter) : filter),
};
const flags: Codec<PacketFlags> = {
  length: 4,
  decode: (_bytes, view, le) => decodePacketFlags(view.getUint32(0, le)),
  encode: (value, le, scale) => u32.encode(encodePacketFlags(value), le, scale),
};
const HASHES = ["2s-complement", "xor", "crc32", "md5", "sha1", "toeplitz"];
const hash: Codec<PacketHash> = {
  length: -1,
  decode: (b) => ({
    algorithm: b[0],
    ...(HASHES[b[0]] !== undefined && { algorithmName: HASHES[b[0]] }),
    hash: b.slice(1),
  }),
  encode: (value) => prefixed(value.algorithm, value.hash),
};
const VERDICTS = ["hardware", "ebpf-tc", "ebpf-xdp"];
const verdict: Codec<PacketVerdict> = {
  length: -1,
  decode: (b) => ({
    kind: b[0],
    ...(VERDICTS[b[0]] !== undefined && { kindName: VERDICTS[b[0]] }),
    data: b.slice(1),
  }),
  encode: (value) => prefixed(value.kind, value.data),
};

type KnownName = Exclude<Option["name"], "custom" | "unknown">;
/** A codec met by its option's name; it is only ever given the value that belongs to that name. */
type AnyCodec = Codec<unknown>;

const BY_BLOCK: ReadonlyMap<number, ReadonlyMap<number, readonly [KnownName, AnyCodec]>> = new Map([
  [
    BLOCK_SECTION,
    new Map<number, readonly [KnownName, AnyCodec]>([
      [2, ["shb_hardware", text]],
      [3, ["shb_os", text]],
      [4, ["shb_userappl", text]],
    ]),
  ],
  [
    BLOCK_INTERFACE,
    new Map<number, readonly [KnownName, AnyCodec]>([
      [2, ["if_name", text]],
      [3, ["if_description", text]],
      [4, ["if_IPv4addr", ipv4Interface]],
      [5, ["if_IPv6addr", ipv6Interface]],
      [6, ["if_MACaddr", mac]],
      [7, ["if_EUIaddr", eui]],
      [8, ["if_speed", u64]],
      [9, ["if_tsresol", resolution]],
      [10, ["if_tzone", i32]],
      [11, ["if_filter", filter]],
      [12, ["if_os", text]],
      [13, ["if_fcslen", u8]],
      [14, ["if_tsoffset", i64]],
      [15, ["if_hardware", text]],
      [16, ["if_txspeed", u64]],
      [17, ["if_rxspeed", u64]],
      [18, ["if_iana_tzname", text]],
    ]),
  ],
  [
    BLOCK_ENHANCED_PACKET,
    new Map<number, readonly [KnownName, AnyCodec]>([
      [2, ["epb_flags", flags]],
      [3, ["epb_hash", hash]],
      [4, ["epb_dropcount", u64]],
      [5, ["epb_packetid", u64]],
      [6, ["epb_queue", u32]],
      [7, ["epb_verdict", verdict]],
    ]),
  ],
  [
    BLOCK_PACKET,
    new Map<number, readonly [KnownName, AnyCodec]>([
      [2, ["pack_flags", flags]],
      [3, ["pack_hash", hash]],
    ]),
  ],
  [
    BLOCK_NAME_RESOLUTION,
    new Map<number, readonly [KnownName, AnyCodec]>([
      [2, ["ns_dnsname", text]],
      [3, ["ns_dnsIP4addr", ipv4]],
      [4, ["ns_dnsIP6addr", ipv6]],
    ]),
  ],
  [
    BLOCK_STATISTICS,
    new Map<number, readonly [KnownName, AnyCodec]>([
      [2, ["isb_starttime", time]],
      [3, ["isb_endtime", time]],
      [4, ["isb_ifrecv", u64]],
      [5, ["isb_ifdrop", u64]],
      [6, ["isb_filteraccept", u64]],
      [7, ["isb_osdrop", u64]],
      [8, ["isb_usrdeliv", u64]],
    ]),
  ],
]);

const BY_NAME: ReadonlyMap<string, readonly [code: number, codec: AnyCodec]> = new Map([
  ["comment", [1, text] as const],
  ...[...BY_BLOCK.values()].flatMap((codes) =>
    [...codes].map(([code, [name, codec]]) => [name, [code, codec] as const] as const)
  ),
]);

/** Time of an interface that says nothing: microseconds. */
export const MICROSECONDS: TimeScale = { resolution: "10^-6" };

function decodeValue(
  block: number,
  code: number,
  bytes: Uint8Array,
  littleEndian: boolean,
  scale: TimeScale,
): Option {
  const unknown: UnknownOption = { name: "unknown", code, value: bytes.slice() };
  const custom = code & 0x7fff;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if ((custom === 2988 || custom === 2989) && bytes.length >= 4) {
    const data = bytes.subarray(4);
    const value = {
      enterprise: view.getUint32(0, littleEndian),
      copy: code < 0x8000 && code === custom,
      data: custom === 2988 ? decodeText(data) : data.slice(),
    };
    return withRaw({ name: "custom", value }, bytes, littleEndian, scale);
  }
  const known = code === 1 ? ["comment", text] as const : BY_BLOCK.get(block)?.get(code);
  if (known === undefined) return unknown;
  const [name, codec] = known;
  const { length } = codec;
  if (length > 0 ? bytes.length !== length : bytes.length < -length) return unknown;
  const value = codec.decode(bytes, view, littleEndian, scale);
  return withRaw({ name, value } as Option, bytes, littleEndian, scale);
}

/** Keeps the bytes with an option whose value would give others. */
function withRaw(
  option: Option,
  bytes: Uint8Array,
  littleEndian: boolean,
  scale: TimeScale,
): Option {
  let again: Uint8Array | undefined;
  try {
    again = encodeValue(option, littleEndian, scale)[1];
  } catch {
    // A time beyond what its scale can hold: then its bytes are kept.
  }
  return again !== undefined && sameBytes(again, bytes)
    ? option
    : { ...option, raw: bytes.slice() };
}

function encodeValue(
  option: Option,
  littleEndian: boolean,
  scale: TimeScale,
): readonly [code: number, bytes: Uint8Array] {
  if (option.name === "unknown") return [option.code, option.value];
  if (option.name === "custom") {
    const { enterprise, copy, data } = option.value;
    const isText = typeof data === "string";
    const content = isText ? ENCODER.encode(data) : data;
    const bytes = new Uint8Array(4 + content.length);
    new DataView(bytes.buffer).setUint32(0, enterprise, littleEndian);
    bytes.set(content, 4);
    return [isText ? (copy ? 2988 : 19372) : (copy ? 2989 : 19373), option.raw ?? bytes];
  }
  const known = BY_NAME.get(option.name);
  if (known === undefined) {
    throw new TypeError(`Cannot write option "${(option as Option).name}": no such option`);
  }
  return [known[0], option.raw ?? known[1].encode(option.value, littleEndian, scale)];
}

/** Decodes the options of a block of a type; never throws, whatever the bytes. */
export function decodeOptions(
  block: number,
  bytes: Uint8Array,
  littleEndian: boolean,
  scale: TimeScale = MICROSECONDS,
): OptionList {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const options: Option[] = [];
  let at = 0;
  while (at + 4 <= bytes.length) {
    const code = view.getUint16(at, littleEndian);
    const length = view.getUint16(at + 2, littleEndian);
    const valueEnd = at + 4 + length;
    const next = valueEnd + (-length & 3);
    if (code === 0 || next > bytes.length) break;
    const option = decodeValue(block, code, bytes.subarray(at + 4, valueEnd), littleEndian, scale);
    const padding = bytes.subarray(valueEnd, next);
    options.push(padding.some((b) => b !== 0) ? { ...option, padding: padding.slice() } : option);
    at = next;
  }
  const tail = bytes.subarray(at);
  const usual = options.length > 0 ? 4 : 0;
  return tail.length === usual && tail.every((b) => b === 0)
    ? { options }
    : { options, optionsTail: tail.slice() };
}

/** Encodes options; gives back the bytes they were decoded from. */
export function encodeOptions(
  list: OptionList,
  littleEndian: boolean,
  scale: TimeScale = MICROSECONDS,
): Uint8Array {
  const values = list.options.map((option) => encodeValue(option, littleEndian, scale));
  const tail = list.optionsTail ?? new Uint8Array(values.length > 0 ? 4 : 0);
  let size = tail.length;
  for (const [, bytes] of values) size += 4 + bytes.length + (-bytes.length & 3);
  const out = new Uint8Array(size);
  const view = new DataView(out.buffer);
  let at = 0;
  values.forEach(([code, bytes], i) => {
    if (bytes.length > 0xffff) {
      throw new RangeError(`Cannot write option ${code}: ${bytes.length} bytes, more than 65535`);
    }
    view.setUint16(at, code, littleEndian);
    view.setUint16(at + 2, bytes.length, littleEndian);
    out.set(bytes, at + 4);
    const padding = list.options[i].padding;
    const pad = -bytes.length & 3;
    if (padding?.length === pad) out.set(padding, at + 4 + bytes.length);
    at += 4 + bytes.length + pad;
  });
  out.set(tail, at);
  return out;
}
