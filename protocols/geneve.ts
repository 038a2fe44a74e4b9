/**
 * Generic Network Virtualization Encapsulation (RFC 8926).
 *
 * @module
 */
import type { Walker } from "../core/catalogue.ts";
import { bits, bytes, custom, type Field, flag, u16, u24, u32, u64, u8 } from "../core/field.ts";
import type { Items } from "../core/items.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import type { TextWriter } from "../core/text_writer.ts";
import { ETHERTYPES } from "./_names.ts";

/** A Geneve header. */
export interface Geneve {
  /** Always 0. */
  readonly version: number;
  /** Length of the options in bytes. */
  readonly optionsLength: number;
  /** Flags. */
  readonly flags: number;
  /** Whether the packet is for operation, administration and management. */
  readonly oam: boolean;
  /** Whether there are options that must be understood. */
  readonly critical: boolean;
  /** EtherType of what follows. */
  readonly protocol: number;
  /** Virtual network identifier. */
  readonly vni: number;
  /** Reserved. */
  readonly reserved: number;
  /** Options, as they are. */
  readonly options: Uint8Array;
}

const FIXED = 8, OPTION = 4;
/** The class of Google's options, its types, and how many bytes of data each has. */
const GOOGLE = 0x0132, NETWORK = 1, ENDPOINT = 2, PROFILE = 3;
const GOOGLE_BYTES: Readonly<Record<number, number>> = {
  [NETWORK]: 4,
  [ENDPOINT]: 16,
  [PROFILE]: 8,
};

function optionList(): Field<unknown> {
  const all = bytes("geneve.options", "Geneve Options");
  const option = bytes("geneve.option", "Option");
  const kind = u16("geneve.option.class", "Class", { hex: true });
  const type = u8("geneve.option.type", "Type", { hex: true });
  const critical = flag(0x80, "geneve.option.type.critical", "Critical Option");
  const flags = u8("geneve.option.flags", "Flags", { hex: true });
  const length = u8("geneve.option.length", "Length");
  const data = bytes("geneve.option.unknown.data", "Unknown Option Data");
  const network = u32("geneve.option.gcp.vnid", "GCP Virtual Network ID");
  const reserved = flag(0x0e, "geneve.option.gcp.reserved", "GCP Reserved bits");
  const direction = flag(0x01, "geneve.option.gcp.direction", "GCP Traffic Direction");
  const endpoint = bytes("geneve.option.gcp.endpoint", "GCP Endpoint ID");
  const profile = u64("geneve.option.gcp.profile", "GCP Profile ID");
  /** The data of an option, of `n` bytes. */
  const value = (items: Items, optionClass: number, type: number, at: number, n: number): void => {
    if (n === 0) return;
    const b = items.bytes;
    if (optionClass !== GOOGLE || GOOGLE_BYTES[type] !== n) items.add(data.id, at, n, 0);
    else if (type === ENDPOINT) items.add(endpoint.id, at, n, 0);
    else if (type === PROFILE) items.add(profile.id, at, n, 0);
    else {
      const id = ((b[at] << 20) | (b[at + 1] << 12) | (b[at + 2] << 4) | (b[at + 3] >> 4)) >>> 0;
      items.add(network.id, at, 4, id);
      items.add(direction.id, at + 3, 1, b[at + 3] & 1);
      items.add(reserved.id, at + 3, 1, (b[at + 3] & 0x0e) === 0 ? 0 : 1);
    }
  };
  return custom({
    fields: {
      options: all,
      _option: option,
      _class: kind,
      _type: type,
      _critical: critical,
      _flags: flags,
      _length: length,
      _data: data,
      _network: network,
      _reserved: reserved,
      _direction: direction,
      _endpoint: endpoint,
      _profile: profile,
    },
    emit(items) {
      const b = items.bytes, end = items.end;
      if (items.at >= end) return;
      items.add(all.id, items.at, end - items.at, 0);
      items.depth++;
      let at = items.at;
      while (at + OPTION <= end) {
        const size = OPTION + (b[at + 3] & 31) * 4, stop = Math.min(at + size, end);
        items.add(option.id, at, stop - at, 0);
        items.depth++;
        const optionClass = (b[at] << 8) | b[at + 1];
        items.add(kind.id, at, 2, optionClass);
        items.add(type.id, at + 2, 1, b[at + 2]);
        items.add(critical.id, at + 2, 1, b[at + 2] >> 7);
        items.add(flags.id, at + 3, 1, b[at + 3] >> 5);
        items.add(length.id, at + 3, 1, size);
        value(items, optionClass, b[at + 2], at + OPTION, stop - at - OPTION);
        items.depth--;
        if (at + size > end) items.malformed = true;
        at += size;
      }
      items.depth--;
      items.at = end;
    },
    write(writer, _value, object) {
      if (object.options instanceof Uint8Array) writer.put(object.options);
    },
  });
}

/** Generic Network Virtualization Encapsulation. */
export const geneve: Protocol<Geneve> = protocol<Geneve>({
  name: "geneve",
  title: "Generic Network Virtualization Encapsulation",
  label: "Geneve",
  layer: "link",
  parents: { "udp.port": [6081] },
  fields: {
    version: bits(2, "geneve.version", "Version"),
    optionsLength: bits(6, "geneve.option.length", "Length", {
      scale: 4,
      auto: (d) => d.headerLength - FIXED,
    }),
    flags: u8("geneve.flags", "Flags", { hex: true }),
    oam: flag(0x80, "geneve.flags.oam", "Operations, Administration and Management Frame"),
    critical: flag(0x40, "geneve.flags.critical", "Critical Options Present"),
    _unused: flag(0x3f, "geneve.flags.reserved", "Reserved"),
    protocol: u16("geneve.proto_type", "Protocol Type", { hex: true, values: ETHERTYPES }),
    vni: u24("geneve.vni", "Virtual Network Identifier (VNI)", { hex: true }),
    reserved: u8("geneve.reserved", "Reserved", { hex: true }),
    _options: optionList(),
  },
  next: { table: "ethertype", field: "protocol" },
  walk,
  summary,
});

function walk(w: Walker): void {
  const b = w.bytes, s = w.start;
  w.end = s + FIXED + (b[s] & 63) * 4;
  w.next = -2;
  if (w.end >= w.limit) return;
  w.next = -1;
  if (b[s] >> 6 === 0) w.to("ethertype", (b[s + 2] << 8) | b[s + 3]);
}

function summary(
  layer: { readonly bytes: Uint8Array; readonly start: number; readonly end: number },
  out: TextWriter,
): void {
  if (layer.end - layer.start < FIXED) return;
  const type = (layer.bytes[layer.start + 2] << 8) | layer.bytes[layer.start + 3];
  out.ascii("Encapsulated ");
  out.ascii(ETHERTYPES[type] ?? "unknown");
}
