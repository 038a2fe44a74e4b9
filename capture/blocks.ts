/**
 * Blocks of pcapng as plain objects (draft-ietf-opsawg-pcapng section 4), and back to the same bytes.
 *
 * @module
 */
import { ipv4Text, ipv6Text, writeIpv4, writeIpv6 } from "../core/address.ts";
import type { FrameBatch } from "../core/batch.ts";
import {
  decodeOptions,
  decodeText,
  encodeOptions,
  MICROSECONDS,
  nanosecondsToTicks,
  type Option,
  type OptionList,
  type PacketFlags,
  type PacketHash,
  type PacketVerdict,
  sameBytes,
  ticksToNanoseconds,
  type TimeScale,
} from "./options.ts";
import {
  BLOCK_CUSTOM,
  BLOCK_CUSTOM_NO_COPY,
  BLOCK_ENHANCED_PACKET,
  BLOCK_INTERFACE,
  BLOCK_JOURNAL,
  BLOCK_NAME_RESOLUTION,
  BLOCK_PACKET,
  BLOCK_SECRETS,
  BLOCK_SECTION,
  BLOCK_SIMPLE_PACKET,
  BLOCK_STATISTICS,
  blockBytesMin,
  BYTE_ORDER_MAGIC,
} from "./pcapng_format.ts";

export type {
  CustomOption,
  InterfaceFilter,
  Ipv4Interface,
  Ipv6Interface,
  LinkError,
  Option,
  OptionList,
  OptionOf,
  PacketFlags,
  PacketHash,
  PacketVerdict,
  TimeScale,
  UnknownOption,
} from "./options.ts";
export { decodePacketFlags, encodePacketFlags } from "./options.ts";

/** A Section Header Block: a part of the file with a byte order and interfaces of its own. */
export interface SectionBlock extends OptionList {
  /** Which block it is. */
  readonly kind: "section";
  /** Version of the format; 1.0. */
  readonly version: readonly [major: number, minor: number];
  /** Bytes of the section after this block; -1 if the writer did not say. */
  readonly sectionLength: bigint;
}

/** An Interface Description Block. */
export interface InterfaceBlock extends OptionList {
  /** Which block it is. */
  readonly kind: "interface";
  /** LINKTYPE_ number. */
  readonly linkType: number;
  /** A field without meaning; 0. */
  readonly reserved?: number;
  /** Longest packet kept, in bytes; 0 for no limit. */
  readonly snapLength: number;
}

/** What an Enhanced Packet Block and the old Packet Block have in common. */
export interface TimedPacket extends OptionList {
  /** Number of the interface in its section. */
  readonly interfaceId: number;
  /** Nanoseconds since 1970-01-01T00:00:00Z. */
  readonly time: bigint;
  /** Time in the interface's units, only where `time` does not tell it exactly; it wins when the block is encoded. */
  readonly ticks?: bigint;
  /** Length on the wire. */
  readonly originalLength: number;
  /** The bytes captured. */
  readonly data: Uint8Array;
  /** What stands between the data and the options, only where it is not zeros up to a multiple of 4. */
  readonly padding?: Uint8Array;
}

/** An Enhanced Packet Block. */
export interface EnhancedPacketBlock extends TimedPacket {
  /** Which block it is. */
  readonly kind: "enhanced-packet";
}

/** The obsolete Packet Block. */
export interface PacketBlock extends TimedPacket {
  /** Which block it is. */
  readonly kind: "packet";
  /** Packets dropped since the one before; 65535 if not known. */
  readonly dropCount: number;
}

/** A Simple Packet Block: interface 0, no time. */
export interface SimplePacketBlock {
  /** Which block it is. */
  readonly kind: "simple-packet";
  /** Length on the wire. */
  readonly originalLength: number;
  /** The bytes captured. */
  readonly data: Uint8Array;
  /** What stands between the data and the end, only where it is not zeros up to a multiple of 4. */
  readonly padding?: Uint8Array;
}

/** A record of a Name Resolution Block. */
export interface NameRecord {
  /** 1 for IPv4, 2 for IPv6, others are not known. */
  readonly type: number;
  /** The address; absent for types that are not known. */
  readonly address?: string;
  /** Names of the address. */
  readonly names: readonly string[];
  /** The value's bytes, only where address and names would not give them again; they win. */
  readonly raw?: Uint8Array;
  /** The bytes after the value up to a multiple of 4, only where they are not zeros. */
  readonly padding?: Uint8Array;
}

/** A Name Resolution Block. */
export interface NameResolutionBlock extends OptionList {
  /** Which block it is. */
  readonly kind: "name-resolution";
  /** The names. */
  readonly records: readonly NameRecord[];
  /** What ends the records, only where it is not `nrb_record_end`. */
  readonly recordsTail?: Uint8Array;
}

/** An Interface Statistics Block. */
export interface StatisticsBlock extends OptionList {
  /** Which block it is. */
  readonly kind: "statistics";
  /** Number of the interface in its section. */
  readonly interfaceId: number;
  /** Nanoseconds since 1970-01-01T00:00:00Z. */
  readonly time: bigint;
  /** Time in the interface's units, only where `time` does not tell it exactly; it wins. */
  readonly ticks?: bigint;
}

/** A Decryption Secrets Block; {@linkcode decodeSecrets} tells what is in it. */
export interface SecretsBlock extends OptionList {
  /** Which block it is. */
  readonly kind: "secrets";
  /** Kind of secrets, for example 0x544c534b for a TLS key log. */
  readonly secretsType: number;
  /** The secrets. */
  readonly data: Uint8Array;
  /** What stands between the data and the options, only where it is not zeros up to a multiple of 4. */
  readonly padding?: Uint8Array;
}

/** A systemd Journal Export Block; {@linkcode decodeJournal} tells its fields. */
export interface JournalBlock {
  /** Which block it is. */
  readonly kind: "journal";
  /** The entry in systemd's export format, with the padding. */
  readonly data: Uint8Array;
}

/** A Custom Block. Where its options start only its owner knows, so they are in `data`. */
export interface CustomBlock {
  /** Which block it is. */
  readonly kind: "custom";
  /** Whether a tool that does not know it may copy it to another file. */
  readonly copy: boolean;
  /** Private Enterprise Number of its owner (IANA). */
  readonly enterprise: number;
  /** Its content, with options and padding. */
  readonly data: Uint8Array;
}

/** A block of a type that is not known, or one that cannot be what its type says. */
export interface UnknownBlock {
  /** Which block it is. */
  readonly kind: "unknown";
  /** Its type. */
  readonly type: number;
  /** Its bytes without type and lengths. */
  readonly body: Uint8Array;
}

/** Any block. */
export type Block =
  | SectionBlock
  | InterfaceBlock
  | EnhancedPacketBlock
  | PacketBlock
  | SimplePacketBlock
  | NameResolutionBlock
  | StatisticsBlock
  | SecretsBlock
  | JournalBlock
  | CustomBlock
  | UnknownBlock;

/** What a block's bytes do not tell of themselves. */
export interface BlockContext {
  /** Byte order of the section. */
  readonly littleEndian: boolean;
  /** Interfaces of the section, for times and snap lengths; without them times count as microseconds. */
  readonly interfaces?: readonly (TimeScale & {
    /** Longest packet kept, in bytes; 0 for no limit. */
    readonly snapLength: number;
  })[];
}

/** Decodes one whole block, type and lengths included. Never throws: what makes no sense is an unknown block. */
export function decodeBlock(bytes: Uint8Array, context: BlockContext): Block {
  const { littleEndian: le } = context;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12) return { kind: "unknown", type: 0, body: bytes.slice() };
  const type = view.getUint32(0, le);
  const end = bytes.length - 4;
  const unknown: UnknownBlock = { kind: "unknown", type, body: bytes.slice(8, end) };
  if (bytes.length < blockBytesMin(type)) return unknown;
  const options = (from: number, scale?: TimeScale): OptionList =>
    decodeOptions(type, bytes.subarray(from, end), le, scale);
  switch (type) {
    case BLOCK_SECTION:
      return {
        kind: "section",
        version: [view.getUint16(12, le), view.getUint16(14, le)],
        sectionLength: view.getBigInt64(16, le),
        ...options(24),
      };
    case BLOCK_INTERFACE: {
      const reserved = view.getUint16(10, le);
      return {
        kind: "interface",
        linkType: view.getUint16(8, le),
        ...(reserved !== 0 && { reserved }),
        snapLength: view.getUint32(12, le),
        ...options(16),
      };
    }
    case BLOCK_ENHANCED_PACKET:
    case BLOCK_PACKET: {
      const old = type === BLOCK_PACKET;
      const interfaceId = old ? view.getUint16(8, le) : view.getUint32(8, le);
      const length = view.getUint32(20, le);
      if (28 + length + (-length & 3) > end) return unknown;
      const packet = {
        interfaceId,
        ...times(view, 12, le, context.interfaces?.[interfaceId]),
        originalLength: view.getUint32(24, le),
        ...dataAt(bytes, 28, length, 28 + length + (-length & 3)),
        ...options(28 + length + (-length & 3)),
      };
      return old
        ? { kind: "packet", dropCount: view.getUint16(10, le), ...packet }
        : { kind: "enhanced-packet", ...packet };
    }
    case BLOCK_SIMPLE_PACKET: {
      const originalLength = view.getUint32(8, le);
      const snap = context.interfaces?.[0]?.snapLength ?? 0;
      const space = end - 12;
      const length = Math.min(originalLength, space, snap === 0 ? space : snap);
      return { kind: "simple-packet", originalLength, ...dataAt(bytes, 12, length, end) };
    }
    case BLOCK_NAME_RESOLUTION:
      return decodeNames(bytes, end, le) ?? unknown;
    case BLOCK_STATISTICS: {
      const interfaceId = view.getUint32(8, le);
      const scale = context.interfaces?.[interfaceId];
      return {
        kind: "statistics",
        interfaceId,
        ...times(view, 12, le, scale),
        ...options(20, scale),
      };
    }
    case BLOCK_SECRETS: {
      const length = view.getUint32(12, le);
      const next = 16 + length + (-length & 3);
      if (next > end) return unknown;
      return {
        kind: "secrets",
        secretsType: view.getUint32(8, le),
        ...dataAt(bytes, 16, length, next),
        ...options(next),
      };
    }
    case BLOCK_JOURNAL:
      return { kind: "journal", data: unknown.body };
    case BLOCK_CUSTOM:
    case BLOCK_CUSTOM_NO_COPY:
      return {
        kind: "custom",
        copy: type === BLOCK_CUSTOM,
        enterprise: view.getUint32(8, le),
        data: bytes.slice(12, end),
      };
    default:
      return unknown;
  }
}

/** The data of a block, and what follows it up to `next` if that is not plain padding. */
function dataAt(
  bytes: Uint8Array,
  from: number,
  length: number,
  next: number,
): { data: Uint8Array; padding?: Uint8Array } {
  const data = bytes.slice(from, from + length);
  const padding = bytes.subarray(from + length, next);
  const plain = padding.length === (-length & 3) && padding.every((b) => b === 0);
  return plain ? { data } : { data, padding: padding.slice() };
}

function times(
  view: DataView,
  at: number,
  le: boolean,
  scale: TimeScale = MICROSECONDS,
): { time: bigint; ticks?: bigint } {
  const ticks = BigInt(view.getUint32(at, le)) << 32n | BigInt(view.getUint32(at + 4, le));
  const time = ticksToNanoseconds(ticks, scale);
  try {
    if (nanosecondsToTicks(time, scale) === ticks) return { time };
  } catch {
    // Rounded out of range: then the ticks are kept.
  }
  return { time, ticks };
}

function decodeNames(bytes: Uint8Array, end: number, le: boolean): NameResolutionBlock | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const records: NameRecord[] = [];
  let at = 8;
  while (at + 4 <= end) {
    const type = view.getUint16(at, le);
    const length = view.getUint16(at + 2, le);
    if (type === 0) break;
    const next = at + 4 + length + (-length & 3);
    if (next > end) return undefined;
    const value = bytes.slice(at + 4, at + 4 + length);
    const padding = bytes.slice(at + 4 + length, next);
    let record: NameRecord = { type, names: [], raw: value };
    const addressBytes = type === 1 ? 4 : type === 2 ? 16 : 0;
    if (addressBytes > 0 && length >= addressBytes) {
      const names = decodeText(value.subarray(addressBytes)).split("\0");
      if (names.at(-1) === "") names.pop();
      const address = type === 1 ? ipv4Text(value, 0) : ipv6Text(value, 0);
      record = { type, address, names };
      if (!sameBytes(nameValue(record), value)) record = { ...record, raw: value };
    }
    records.push(padding.some((b) => b !== 0) ? { ...record, padding } : record);
    at = next;
  }
  const ended = at + 4 <= end && view.getUint32(at, le) === 0;
  const recordsEnd = Math.min(end, at + 4);
  return {
    kind: "name-resolution",
    records,
    ...(!ended && { recordsTail: bytes.slice(at, recordsEnd) }),
    ...decodeOptions(BLOCK_NAME_RESOLUTION, bytes.subarray(recordsEnd, end), le),
  };
}

function nameValue(record: NameRecord): Uint8Array {
  if (record.raw !== undefined) return record.raw;
  const address = new Uint8Array(record.type === 1 ? 4 : 16);
  if (record.address === undefined || record.type < 1 || record.type > 2) {
    throw new TypeError(`Cannot write a name record of type ${record.type} without its bytes`);
  }
  if (record.type === 1) writeIpv4(address, 0, record.address);
  else writeIpv6(address, 0, record.address);
  return concat([address, ...record.names.map((name) => ENCODER.encode(`${name}\0`))]);
}

const ENCODER = new TextEncoder();

function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let size = 0;
  for (const part of parts) size += part.length;
  const out = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Numbers of a block's head, each `[bits, value]`. */
function head(
  le: boolean,
  ...fields: readonly (readonly [16 | 32, number] | readonly [64, bigint])[]
): Uint8Array {
  const out = new Uint8Array(fields.reduce((n, [bits]) => n + bits / 8, 0));
  const view = new DataView(out.buffer);
  let at = 0;
  for (const [bits, value] of fields) {
    if (typeof value === "bigint") view.setBigInt64(at, value, le);
    else if (bits === 16) view.setUint16(at, value, le);
    else view.setUint32(at, value, le);
    at += bits / 8;
  }
  return out;
}

function padded(data: Uint8Array, padding: Uint8Array | undefined): Uint8Array[] {
  return [data, padding ?? new Uint8Array(-data.length & 3)];
}

function ticksOf(block: { time: bigint; ticks?: bigint }, scale: TimeScale = MICROSECONDS): bigint {
  return block.ticks ?? nanosecondsToTicks(block.time, scale);
}

/** Encodes a block, type and lengths included; gives back the bytes it was decoded from. */
export function encodeBlock(block: Block, context: BlockContext): Uint8Array<ArrayBuffer> {
  const { littleEndian: le } = context;
  const [type, ...parts] = encodeBody(block, context);
  const body = concat(parts);
  // A body whose length is no multiple of 4 cannot be told from its padding, so none is added silently.
  if ((body.length & 3) !== 0) {
    throw new RangeError(
      `Cannot write a ${block.kind} block of ${body.length} bytes: no multiple of 4`,
    );
  }
  const total = body.length + 12;
  return concat([head(le, [32, type], [32, total]), body, head(le, [32, total])]);
}

function encodeBody(block: Block, context: BlockContext): [number, ...Uint8Array[]] {
  const { littleEndian: le, interfaces } = context;
  switch (block.kind) {
    case "section":
      return [
        BLOCK_SECTION,
        head(
          le,
          [32, BYTE_ORDER_MAGIC],
          [16, block.version[0]],
          [16, block.version[1]],
          [64, block.sectionLength],
        ),
        encodeOptions(block, le),
      ];
    case "interface":
      return [
        BLOCK_INTERFACE,
        head(le, [16, block.linkType], [16, block.reserved ?? 0], [32, block.snapLength]),
        encodeOptions(block, le),
      ];
    case "enhanced-packet":
    case "packet": {
      const ticks = ticksOf(block, interfaces?.[block.interfaceId]);
      const times = [
        [32, Number(ticks >> 32n)],
        [32, Number(ticks & 0xffffffffn)],
        [32, block.data.length],
        [32, block.originalLength],
      ] as const;
      const rest = [...padded(block.data, block.padding), encodeOptions(block, le)];
      return block.kind === "packet"
        ? [
          BLOCK_PACKET,
          head(le, [16, block.interfaceId], [16, block.dropCount], ...times),
          ...rest,
        ]
        : [BLOCK_ENHANCED_PACKET, head(le, [32, block.interfaceId], ...times), ...rest];
    }
    case "simple-packet":
      return [
        BLOCK_SIMPLE_PACKET,
        head(le, [32, block.originalLength]),
        ...padded(block.data, block.padding),
      ];
    case "name-resolution": {
      const records = block.records.flatMap((record) => {
        const value = nameValue(record);
        return [head(le, [16, record.type], [16, value.length]), ...padded(value, record.padding)];
      });
      return [
        BLOCK_NAME_RESOLUTION,
        ...records,
        block.recordsTail ?? new Uint8Array(4),
        encodeOptions(block, le),
      ];
    }
    case "statistics": {
      const scale = interfaces?.[block.interfaceId];
      const ticks = ticksOf(block, scale);
      return [
        BLOCK_STATISTICS,
        head(
          le,
          [32, block.interfaceId],
          [32, Number(ticks >> 32n)],
          [32, Number(ticks & 0xffffffffn)],
        ),
        encodeOptions(block, le, scale),
      ];
    }
    case "secrets":
      return [
        BLOCK_SECRETS,
        head(le, [32, block.secretsType], [32, block.data.length]),
        ...padded(block.data, block.padding),
        encodeOptions(block, le),
      ];
    case "journal":
      return [BLOCK_JOURNAL, ...padded(block.data, undefined)];
    case "custom":
      return [
        block.copy ? BLOCK_CUSTOM : BLOCK_CUSTOM_NO_COPY,
        head(le, [32, block.enterprise]),
        ...padded(block.data, undefined),
      ];
    case "unknown":
      return [block.type, ...padded(block.body, undefined)];
  }
}

/** What a frame's options say. */
export interface PacketOptions {
  /** Comments, in order, each up to a NUL if it has one; `all` has them whole. */
  readonly comments: readonly string[];
  /** Flags of its way. */
  readonly flags?: PacketFlags;
  /** Hashes. */
  readonly hashes: readonly PacketHash[];
  /** Packets dropped since the one before. */
  readonly dropCount?: bigint;
  /** A number that marks the same packet on several interfaces. */
  readonly packetId?: bigint;
  /** Queue of the interface it came by. */
  readonly queue?: number;
  /** What was decided about it. */
  readonly verdicts: readonly PacketVerdict[];
  /** All options in order, custom and unknown ones included. */
  readonly all: readonly Option[];
}

const NOTHING: readonly never[] = Object.freeze([]);
const NO_OPTIONS: PacketOptions = Object.freeze({
  comments: NOTHING,
  hashes: NOTHING,
  verdicts: NOTHING,
  all: NOTHING,
});

/**
 * The options of the frame with this index in a batch. Costs nothing where there are none: pcap, and most packets of
 * pcapng.
 */
export function packetOptions(batch: FrameBatch, index: number): PacketOptions {
  if (batch.optionLengths === undefined || batch.optionStarts === undefined) return NO_OPTIONS;
  const { bytes, littleEndian } = batch;
  const record = batch.recordStarts[index];
  // The type alone tells the old packet block; its first byte is enough, at either end.
  const old = bytes[record] === BLOCK_PACKET || bytes[record + 3] === BLOCK_PACKET;
  const length = batch.optionLengths[index];
  if (length === 0 && !old) return NO_OPTIONS;
  const start = batch.optionStarts[index];
  const { options } = decodeOptions(
    old ? BLOCK_PACKET : BLOCK_ENHANCED_PACKET,
    bytes.subarray(start, start + length),
    littleEndian,
  );
  const comments: string[] = [];
  const hashes: PacketHash[] = [];
  const verdicts: PacketVerdict[] = [];
  const result: { -readonly [K in keyof PacketOptions]: PacketOptions[K] } = {
    comments,
    hashes,
    verdicts,
    all: options,
  };
  if (old) {
    const drops = new DataView(bytes.buffer, bytes.byteOffset + record).getUint16(10, littleEndian);
    if (drops !== 0xffff) result.dropCount = BigInt(drops);
  }
  for (const option of options) {
    switch (option.name) {
      case "comment":
        // Some writers count a closing NUL in, and whatever stood behind it.
        comments.push(upToNul(option.value));
        break;
      case "epb_flags":
      case "pack_flags":
        result.flags = option.value;
        break;
      case "epb_hash":
      case "pack_hash":
        hashes.push(option.value);
        break;
      case "epb_dropcount":
        result.dropCount = option.value;
        break;
      case "epb_packetid":
        result.packetId = option.value;
        break;
      case "epb_queue":
        result.queue = option.value;
        break;
      case "epb_verdict":
        verdicts.push(option.value);
        break;
    }
  }
  return result;
}

function upToNul(text: string): string {
  const end = text.indexOf("\0");
  return end < 0 ? text : text.slice(0, end);
}

/** A block of a batch that is no packet, decoded, and where it stood. */
export interface PlacedBlock {
  /** It stands before the frame with this index in the batch. */
  readonly before: number;
  /** Section of the file, counted from 0. */
  readonly section: number;
  /** The block. */
  readonly block: Block;
}

/** Decodes the blocks of a batch that are no packets, in order. */
export function* batchBlocks(batch: FrameBatch): Generator<PlacedBlock> {
  const { blocks } = batch;
  if (blocks === undefined) return;
  let section = -1;
  let context: BlockContext = { littleEndian: batch.littleEndian };
  for (let i = 0; i < blocks.count; i++) {
    const here = blocks.sections?.[i] ?? 0;
    if (here !== section) {
      section = here;
      const interfaces = batch.interfaces.filter((info) => info.section === here);
      context = { littleEndian: batch.littleEndian, interfaces };
    }
    const start = blocks.starts[i];
    const bytes = batch.bytes.subarray(start, start + blocks.lengths[i]);
    yield { before: blocks.before[i], section, block: decodeBlock(bytes, context) };
  }
}

/** One line of a TLS key log (draft-ietf-tls-keylogfile) or of a WireGuard one. */
export interface LoggedKey {
  /** What the key is: `CLIENT_RANDOM`, `LOCAL_STATIC_PRIVATE_KEY` ... */
  readonly label: string;
  /** TLS: the client random it belongs to, in hexadecimal. */
  readonly clientRandom?: string;
  /** The key as written: hexadecimal for TLS, base64 for WireGuard. */
  readonly secret: string;
}

/** What a Decryption Secrets Block holds. */
export type Secrets =
  | {
    /** Format. */
    readonly format: "tls-key-log" | "wireguard-key-log";
    /** The keys. */
    readonly keys: readonly LoggedKey[];
  }
  | {
    /** Format. */
    readonly format: "zigbee-nwk-key" | "zigbee-aps-key";
    /** AES-128 key. */
    readonly key: Uint8Array;
    /** Personal area network it is for. */
    readonly panId: number;
    /** What follows: for an APS key, the addresses of the two nodes. */
    readonly rest: Uint8Array;
  }
  | {
    /** Format that is not known, or data too short for it. */
    readonly format: "unknown";
  };

/** Secrets type of a TLS key log. */
export const SECRETS_TLS = 0x544c534b;
/** Secrets type of a WireGuard key log. */
export const SECRETS_WIREGUARD = 0x57474b4c;
/** Secrets type of a ZigBee network key. */
export const SECRETS_ZIGBEE_NWK = 0x5a4e574b;
/** Secrets type of a ZigBee application support key. */
export const SECRETS_ZIGBEE_APS = 0x5a415053;

/** Decodes what a Decryption Secrets Block holds. */
export function decodeSecrets(block: SecretsBlock): Secrets {
  const { secretsType, data } = block;
  if (secretsType === SECRETS_TLS || secretsType === SECRETS_WIREGUARD) {
    const tls = secretsType === SECRETS_TLS;
    const keys: LoggedKey[] = [];
    for (const line of decodeText(data).split(/\r?\n/)) {
      const match = (tls ? TLS_LINE : WIREGUARD_LINE).exec(line);
      if (match?.groups === undefined) continue; // Empty lines and comments.
      const { label, random, secret } = match.groups;
      keys.push({ label, ...(tls && { clientRandom: random }), secret });
    }
    return { format: tls ? "tls-key-log" : "wireguard-key-log", keys };
  }
  if (
    (secretsType === SECRETS_ZIGBEE_NWK || secretsType === SECRETS_ZIGBEE_APS) && data.length >= 18
  ) {
    return {
      format: secretsType === SECRETS_ZIGBEE_NWK ? "zigbee-nwk-key" : "zigbee-aps-key",
      key: data.slice(0, 16),
      panId: data[16] | data[17] << 8,
      rest: data.slice(18),
    };
  }
  return { format: "unknown" };
}

const TLS_LINE = /^(?<label>[A-Z0-9_]+) (?<random>[0-9a-fA-F]+) (?<secret>[0-9a-fA-F]+)\s*$/;
const WIREGUARD_LINE = /^\s*(?<label>[A-Z_]+)\s*=\s*(?<secret>[A-Za-z0-9+/=]+)\s*$/;

/** A field of a systemd journal entry; text where it is written as text. */
export interface JournalField {
  /** Name, for example `MESSAGE`. */
  readonly name: string;
  /** Value. */
  readonly value: string | Uint8Array;
}

/** Decodes a Journal Export Block (systemd's Journal Export Format): `NAME=value`, or a name and counted bytes. */
export function decodeJournal(block: JournalBlock): JournalField[] {
  const { data } = block;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const fields: JournalField[] = [];
  let at = 0;
  while (at < data.length) {
    let end = data.indexOf(10, at);
    if (end < 0) end = data.length;
    const line = data.subarray(at, end);
    at = end + 1;
    if (line.length === 0 || line[0] === 0) continue; // The end of the entry, or padding.
    const equals = line.indexOf(61);
    if (equals >= 0) {
      const name = decodeText(line.subarray(0, equals));
      fields.push({ name, value: decodeText(line.subarray(equals + 1)) });
      continue;
    }
    if (at + 8 > data.length) break;
    const length = Number(view.getBigUint64(at, true));
    if (length > data.length - at - 8) break;
    fields.push({ name: decodeText(line), value: data.slice(at + 8, at + 8 + length) });
    at += 8 + length + 1;
  }
  return fields;
}
