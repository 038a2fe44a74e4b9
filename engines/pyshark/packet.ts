/**
 * Packets as pyshark has them: `packet.ip.src`, made from what tshark prints.
 *
 * @module
 */
// deno-lint-ignore-file camelcase -- the names are pyshark's

/** A field, with all that tshark says of it. */
export class LayerField {
  /** Name, for example `ip.src`. */
  readonly name: string;
  /** What Wireshark shows: `Source Address: 10.0.0.1`. */
  readonly showname: string | undefined;
  /** Its value, as text. */
  readonly show: string;
  /** Its bytes, as hexadecimal digits. */
  readonly raw_value: string | undefined;
  /** First byte; see `LayerField.size`. */
  readonly pos: number | undefined;
  /** Bytes. */
  readonly size: number | undefined;
  /** Whether Wireshark does not show it. */
  readonly hide: boolean;
  /** Further fields of the same name in the layer. */
  readonly alternate_fields: LayerField[] = [];

  /** Holds what an element or entry says. */
  constructor(attributes: Readonly<Record<string, string | undefined>>) {
    const { name = "", showname, show = "", value, pos, size, hide } = attributes;
    this.name = name;
    this.showname = showname;
    this.show = show;
    this.raw_value = value;
    this.pos = pos === undefined ? undefined : Number(pos);
    this.size = size === undefined ? undefined : Number(size);
    this.hide = hide === "yes";
  }

  /** The field and those of the same name behind it. */
  get all_fields(): readonly LayerField[] {
    return [this, ...this.alternate_fields];
  }
  /** What stands before the colon of `showname`. */
  get showname_key(): string | undefined {
    return this.showname?.split(": ")[0];
  }
  /** What stands behind the colon of `showname`. */
  get showname_value(): string | undefined {
    const at = this.showname?.indexOf(": ") ?? -1;
    return at < 0 ? undefined : this.showname!.slice(at + 2);
  }
  /** The value as a number, base 10 or 16 by its notation. */
  get int_value(): number {
    return Number(this.show);
  }
  /** The bytes as a number. */
  get hex_value(): bigint {
    return BigInt(`0x${this.raw_value || "0"}`);
  }
  /** The bytes. */
  get binary_value(): Uint8Array {
    return Uint8Array.from(this.raw_value?.match(/../g) ?? [], (d) => parseInt(d, 16));
  }
  /** The value, for use as text. */
  toString(): string {
    return this.show;
  }
}

/** What every layer has besides its fields. */
export interface LayerMembers {
  /** Name, for example `ip`. */
  readonly layer_name: string;
  /** Names of the fields, as they are written in code: `src`, `flags_df`. */
  readonly field_names: readonly string[];
  /** A field by its name in code, or by Wireshark's. */
  get_field(name: string): LayerField | undefined;
  /** Whether there is such a field. */
  has_field(name: string): boolean;
  /** The value of a field as text, or its bytes in hexadecimal (`raw`). */
  get_field_value(name: string, raw?: boolean): string | undefined;
  /** The same, with another value for fields that are not there. */
  get(name: string, otherwise?: string): string | undefined;
  /** The field Wireshark shows by this name. */
  get_field_by_showname(showname: string): LayerField | undefined;
  /** The layer as Wireshark shows it. */
  pretty_print(): string;
}

/** A layer: its members, and each field's value by name. */
export type Layer = LayerMembers & Readonly<Record<string, string>>;

class LayerBase implements LayerMembers {
  readonly layer_name: string;
  readonly #fields = new Map<string, LayerField>();
  readonly #byCode = new Map<string, LayerField>();
  readonly #raw: boolean;
  readonly #title: string;
  constructor(name: string, title: string, fields: readonly LayerField[], raw: boolean) {
    this.layer_name = name;
    this.#title = title;
    this.#raw = raw;
    for (const field of fields) {
      const first = this.#fields.get(field.name);
      if (first) first.alternate_fields.push(field);
      else {
        this.#fields.set(field.name, field);
        const code = codeName(field.name, name);
        if (!this.#byCode.has(code)) this.#byCode.set(code, field);
      }
    }
  }
  get field_names(): readonly string[] {
    return [...this.#byCode.keys()];
  }
  get_field(name: string): LayerField | undefined {
    return this.#fields.get(name) ?? this.#byCode.get(name) ??
      this.#byCode.get(name.replaceAll(".", "_"));
  }
  has_field(name: string): boolean {
    return this.get_field(name) !== undefined;
  }
  get_field_value(name: string, raw = this.#raw): string | undefined {
    const field = this.get_field(name);
    return raw ? field?.raw_value : field?.show;
  }
  get(name: string, otherwise?: string): string | undefined {
    return this.get_field_value(name) ?? otherwise;
  }
  get_field_by_showname(showname: string): LayerField | undefined {
    return [...this.#fields.values()].find((f) => f.showname_key === showname);
  }
  pretty_print(): string {
    const lines = [...this.#fields.values()].flatMap((f) => f.all_fields)
      .filter((f) => !f.hide).map((f) => `\t${f.showname ?? `${f.name}: ${f.show}`}`);
    return [`Layer ${this.layer_name.toUpperCase()}: ${this.#title}`, ...lines].join("\n");
  }
  toString(): string {
    return this.pretty_print();
  }
}

/** Name in code: without the layer's own, and with underscores for what no name may have. */
function codeName(name: string, layer: string): string {
  const bare = name.startsWith(`${layer}.`) ? name.slice(layer.length + 1) : name;
  return bare.replace(/[.\- ]/g, "_").toLowerCase();
}

/** Makes a layer. `raw`: values are bytes in hexadecimal. */
export function layerOf(
  name: string,
  title: string,
  fields: readonly LayerField[],
  raw: boolean,
): Layer {
  return new Proxy(new LayerBase(name, title, fields, raw), {
    get(layer, key) {
      if (typeof key !== "string" || key in layer) {
        const member = Reflect.get(layer, key, layer) as unknown;
        return typeof member === "function" ? member.bind(layer) : member;
      }
      return layer.get_field_value(key);
    },
    has: (layer, key) => key in layer || (typeof key === "string" && layer.has_field(key)),
  }) as unknown as Layer;
}

/** What every packet has besides its layers. */
export interface PacketMembers {
  /** The layers, outermost first; `frame` is not among them. */
  readonly layers: readonly Layer[];
  /** What is known of the frame. */
  readonly frame_info: Layer;
  /** Number in the capture, counted from 1. */
  readonly number: number;
  /** Length on the wire, in bytes. */
  readonly length: number;
  /** Bytes captured. */
  readonly captured_length: number;
  /** Time it was captured; a `Date` has milliseconds, `sniff_timestamp` all digits. */
  readonly sniff_time: Date;
  /** Seconds since 1970, as text. */
  readonly sniff_timestamp: string;
  /** Number of the interface, if the capture says. */
  readonly interface_captured: string | undefined;
  /** Name of the innermost layer that is more than data, in capitals. */
  readonly highest_layer: string;
  /** `TCP`, `UDP` or `SCTP`, if it has such a layer. */
  readonly transport_layer: string | undefined;
  /** All layers of this name. */
  get_multiple_layers(name: string): readonly Layer[];
  /** The frame's bytes, if the capture was made with `include_raw`. */
  get_raw_packet(): Uint8Array;
  /** The packet as Wireshark shows it. */
  pretty_print(): string;
}

/** A packet: its members, and its layers by name or place. */
export type Packet =
  & PacketMembers
  & Readonly<Record<string, Layer>>
  & Readonly<Record<number, Layer>>;

const TRANSPORTS = ["tcp", "udp", "sctp"];

class PacketBase implements PacketMembers {
  readonly layers: readonly Layer[];
  readonly frame_info: Layer;
  readonly #raw: Uint8Array | undefined;
  constructor(layers: readonly Layer[], frame: Layer, raw: Uint8Array | undefined) {
    this.layers = layers;
    this.frame_info = frame;
    this.#raw = raw;
  }
  #frame(name: string): string {
    return this.frame_info.get_field(`frame.${name}`)?.show ?? "";
  }
  get number(): number {
    return Number(this.#frame("number"));
  }
  get length(): number {
    return Number(this.#frame("len"));
  }
  get captured_length(): number {
    return Number(this.#frame("cap_len"));
  }
  get sniff_timestamp(): string {
    return this.#frame("time_epoch");
  }
  get sniff_time(): Date {
    return new Date(Number(this.sniff_timestamp) * 1000);
  }
  get interface_captured(): string | undefined {
    return this.frame_info.get_field("frame.interface_id")?.show;
  }
  get highest_layer(): string {
    const named = this.layers.filter((l) =>
      l.layer_name !== "data" && !l.layer_name.startsWith("_ws")
    );
    return (named.at(-1) ?? this.layers.at(-1))?.layer_name.toUpperCase() ?? "";
  }
  get transport_layer(): string | undefined {
    return this.layers.find((l) => TRANSPORTS.includes(l.layer_name))?.layer_name.toUpperCase();
  }
  layer(name: string): Layer | undefined {
    const n = name.toLowerCase();
    return this.layers.find((l) => l.layer_name === n || l.layer_name.replaceAll(".", "_") === n);
  }
  get_multiple_layers(name: string): readonly Layer[] {
    return this.layers.filter((l) => l.layer_name === name.toLowerCase());
  }
  get_raw_packet(): Uint8Array {
    if (!this.#raw) {
      throw new TypeError("Cannot get raw packet: open the capture with include_raw and use_json");
    }
    return this.#raw;
  }
  pretty_print(): string {
    return this.layers.map((l) => l.pretty_print()).join("\n");
  }
  toString(): string {
    return this.pretty_print();
  }
}

/** Makes a packet. */
export function packetOf(layers: readonly Layer[], frame: Layer, raw?: Uint8Array): Packet {
  return new Proxy(new PacketBase(layers, frame, raw), {
    get(packet, key) {
      if (typeof key !== "string") return Reflect.get(packet, key, packet);
      if (/^-?\d+$/.test(key)) return packet.layers.at(Number(key));
      if (key in packet) {
        const member = Reflect.get(packet, key, packet) as unknown;
        return typeof member === "function" ? member.bind(packet) : member;
      }
      return packet.layer(key);
    },
    has: (packet, key) =>
      typeof key === "string" && (packet.layer(key) !== undefined || key in packet),
  }) as unknown as Packet;
}

/** One line a packet: the columns of Wireshark's packet list. */
export interface PacketSummary {
  /** Number, counted from 1. */
  readonly no: string;
  /** Time since the first packet, in seconds. */
  readonly time: string;
  /** Source. */
  readonly source: string;
  /** Destination. */
  readonly destination: string;
  /** Protocol. */
  readonly protocol: string;
  /** Length on the wire. */
  readonly length: string;
  /** What it is about. */
  readonly info: string;
}
