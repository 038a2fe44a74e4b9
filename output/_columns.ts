/**
 * The columns of a packet list: source, destination, protocol and info, as Wireshark's default columns. Nothing is
 * allocated per packet.
 *
 * @module
 */
import { type Catalogue, ISSUE, LAYER, PARTIAL, PROTOCOL_MASK, QUOTED } from "../core/catalogue.ts";
import { firstIssue } from "../core/emitter.ts";
import type { PacketBatch } from "../core/engine.ts";
import { Issue, Kind } from "../core/items.ts";
import type { Protocol } from "../core/protocol.ts";
import { type Constant, constant, type TextWriter, utf8Length } from "../core/text_writer.ts";

/** Bytes of the info column at most, as Wireshark (`COL_MAX_INFO_LEN`): a packet must not write a line of any length. */
const INFO_BYTES_MAX = 4096;

/** Names of the protocol column, by Wireshark's filter name, where the label is or may be another. */
const NAMES: Readonly<Record<string, string>> = {
  data: "Data",
  dhcpv6: "DHCPv6",
  http2: "HTTP2",
  icmpv6: "ICMPv6",
  "ipv6.dstopts": "IPv6",
  "ipv6.fraghdr": "IPv6",
  "ipv6.hopopts": "IPv6",
  "ipv6.routing": "IPv6",
  llmnr: "LLMNR",
  mdns: "MDNS",
  pppoed: "PPPoED",
  pppoes: "PPPoES",
  tls: "TLS",
};

/** A length that no column has. */
const UNTOLD = 255;
const MALFORMED = constant(" [Malformed Packet]");
const SHORT = constant(" [Packet size limited during capture]");

/** IGMP's name depends on the message (RFC 1112, 2236, 3376), as in Wireshark. */
const IGMP = ["IGMP", "IGMPv1", "IGMPv2", "IGMPv3"].map(constant);
function igmpVersion(b: Uint8Array, start: number, limit: number): number {
  switch (b[start]) {
    case 0x11:
      return limit - start >= 12 ? 3 : b[start + 1] === 0 ? 1 : 2;
    case 0x12:
      return 1;
    case 0x16:
    case 0x17:
      return 2;
    case 0x22:
      return 3;
    default:
      return 0;
  }
}

/** Plain ASCII of `text`: what else a plug-in's label may hold becomes `?`. */
function plainAscii(text: string): string {
  return text.replace(/[^\x20-\x7e]/gu, "?");
}

/** What a summary is made from; one object serves all packets. */
class View {
  bytes: Uint8Array = new Uint8Array(0);
  start = 0;
  end = 0;
  limit = 0;
  reported = 0;
}

/** Writes the columns of one packet after another. */
export class Columns {
  readonly #catalogue: Catalogue;
  /** For each protocol: where its addresses stand in its header (-1: it has none), and their length. */
  readonly #source: Int32Array;
  readonly #destination: Int32Array;
  readonly #size: Uint8Array;
  readonly #names: (Constant | undefined)[];
  readonly #summaries: Protocol["spec"]["summary"][];
  readonly #titles: Constant[];
  readonly #igmp: number;
  readonly #view = new View();

  #batch: PacketBatch | undefined;
  #bytes: Uint8Array = new Uint8Array(0);
  #layers: Int32Array = new Int32Array(0);
  #issue = 0;
  #index = 0;
  #address = -1;
  #name = -1;
  #summary = -1;

  /** Prepares what is the same for all packets. */
  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue;
    const n = catalogue.protocols.length;
    this.#source = new Int32Array(n).fill(-1);
    this.#destination = new Int32Array(n).fill(-1);
    this.#size = new Uint8Array(n);
    this.#names = new Array(n).fill(undefined);
    this.#titles = new Array(n);
    this.#summaries = new Array(n).fill(undefined);
    this.#igmp = catalogue.idOf("igmp");
  }

  /** Protocols of the catalogue that are prepared. */
  #known = 0;

  /** Prepares the protocols that joined the catalogue. */
  #learn(): void {
    const { ready, protocols } = this.#catalogue;
    for (; this.#known < ready.length; this.#known++) {
      const id = ready[this.#known], p = protocols[id];
      const name = NAMES[p.name] ?? p.label;
      if (name !== "") this.#names[id] = constant(plainAscii(name));
      this.#titles[id] = constant(plainAscii(p.title));
      this.#summaries[id] = p.spec.summary;
      const { addresses } = p.spec;
      if (addresses && (addresses.length === 4 || addresses.length === 16)) {
        this.#source[id] = addresses.src;
        this.#destination[id] = addresses.dst;
        this.#size[id] = addresses.length;
        continue;
      }
      // A link layer has no addresses for pseudo-headers, but MAC addresses in fixed places.
      const at = (key: string): number => {
        const place = p.layer === "link" ? p.struct.place(key) : undefined;
        return place?.scalar.kind === Kind.Ether && place.bit + 48 <= p.minLength * 8
          ? place.bit >> 3
          : -1;
      };
      this.#source[id] = at("src");
      this.#destination[id] = at("dst");
      if (this.#source[id] >= 0 || this.#destination[id] >= 0) this.#size[id] = 6;
    }
  }

  /** Turns to a batch. */
  batch(batch: PacketBatch): void {
    if (this.#known < this.#catalogue.ready.length) this.#learn();
    this.#batch = batch;
    this.#bytes = batch.frames.bytes;
    this.#layers = batch.layers;
    this.#issue = 0;
  }

  /** Turns to a packet of the batch; those before it are done with. */
  packet(index: number): void {
    const layers = this.#layers;
    const { firstLayer } = this.#batch!;
    const { data } = this.#catalogue;
    const size = this.#size;
    const names = this.#names;
    const summaries = this.#summaries;
    let address = -1;
    let name = -1;
    let summary = -1;
    let rest = -1;
    const last = firstLayer[index + 1];
    for (let row = firstLayer[index]; row < last; row += LAYER) {
      const column = layers[row];
      // What an error message quotes is not what the packet is about.
      if ((column & QUOTED) !== 0) break;
      // A header that is not all there says nothing that may be shown.
      if ((column & PARTIAL) !== 0) continue;
      const id = column & PROTOCOL_MASK;
      if (id === data) {
        rest = row;
        continue;
      }
      if (size[id] !== 0) address = row;
      if (names[id] !== undefined) name = row;
      if (summaries[id] !== undefined) summary = row;
    }
    this.#index = index;
    this.#address = address;
    this.#name = name >= 0 ? name : rest;
    this.#summary = summary >= 0 ? summary : rest;
  }

  /** Bytes of the source address as text, if that is told quickly: for IPv4. Otherwise {@link UNTOLD}. */
  sourceLength(): number {
    const row = this.#address;
    if (row < 0) return UNTOLD;
    const layers = this.#layers, id = layers[row] & PROTOCOL_MASK;
    if (this.#size[id] !== 4) return UNTOLD;
    const b = this.#bytes, at = layers[row + 1] + this.#source[id];
    let n = 7;
    for (let i = at; i < at + 4; i++) n += b[i] > 99 ? 2 : b[i] > 9 ? 1 : 0;
    return n;
  }

  /** The innermost source address: of the network layer if there is one, else of the link. Needs room for 48 bytes. */
  source(out: TextWriter): void {
    if (this.#address >= 0) this.#writeAddress(out, this.#source);
  }

  /** The destination address in the same way. Needs room for 48 bytes. */
  destination(out: TextWriter): void {
    if (this.#address >= 0) this.#writeAddress(out, this.#destination);
  }

  #writeAddress(out: TextWriter, places: Int32Array): void {
    const row = this.#address;
    const id = this.#layers[row] & PROTOCOL_MASK;
    if (places[id] < 0) return;
    const at = this.#layers[row + 1] + places[id];
    switch (this.#size[id]) {
      case 4:
        return out.ipv4(this.#bytes, at);
      case 16:
        return out.ipv6(this.#bytes, at);
      default:
        return out.mac(this.#bytes, at);
    }
  }

  /** Name of the innermost protocol. Makes its own room. */
  protocol(out: TextWriter): void {
    const row = this.#name;
    if (row < 0) return;
    const layers = this.#layers;
    const id = layers[row] & PROTOCOL_MASK;
    const name = id === this.#igmp
      ? IGMP[igmpVersion(this.#bytes, layers[row + 1], layers[row + 3])]
      : this.#names[id]!;
    out.ensure(name.length);
    out.put(name);
  }

  /**
   * What the innermost protocol that can sum up says, and what is wrong with the packet. Holds no control characters
   * and is valid UTF-8, whatever the summary wrote. Makes its own room.
   */
  info(out: TextWriter): void {
    out.ensure(256);
    const from = out.at;
    const row = this.#summary;
    if (row >= 0) {
      const layers = this.#layers;
      const view = this.#view;
      view.bytes = this.#bytes;
      view.start = layers[row + 1];
      view.end = layers[row + 2];
      view.limit = layers[row + 3];
      view.reported = layers[row + 4];
      this.#summaries[layers[row] & PROTOCOL_MASK]!(view, out);
      if (out.at - from > INFO_BYTES_MAX) out.at = from + INFO_BYTES_MAX;
      clean(out.bytes, out.view, from, out.at);
    } else if (this.#name >= 0) {
      const title = this.#titles[this.#layers[this.#name] & PROTOCOL_MASK];
      out.ensure(title.length);
      out.put(title);
    }
    if (this.#batch!.issuesUsed > 0) this.#issues(out);
  }

  #issues(out: TextWriter): void {
    const { issues, issuesUsed } = this.#batch!;
    const index = this.#index;
    let p = this.#issue;
    // Packets usually come one after another; whoever jumps back is served by a search.
    if (p > 0 && issues[p - ISSUE] >= index) p = firstIssue(this.#batch!, index);
    while (p < issuesUsed && issues[p] < index) p += ISSUE;
    let kinds = 0;
    for (; p < issuesUsed && issues[p] === index; p += ISSUE) kinds |= issues[p + 1];
    this.#issue = p;
    if (kinds === 0) return;
    out.ensure(96);
    if ((kinds & Issue.Malformed) !== 0) out.put(MALFORMED);
    if ((kinds & Issue.Truncated) !== 0) out.put(SHORT);
  }
}

/** Replaces what could drive a terminal, break a line or is no UTF-8 by dots; nearly always there is none. */
function clean(b: Uint8Array, view: DataView, from: number, to: number): void {
  for (let i = from; i < to; i++) {
    // Plain characters, four at a time: no byte above 0x7e, none below 0x20.
    while (i + 4 <= to) {
      const w = view.getInt32(i);
      if (((w | (w + 0x01010101) | ((w - 0x20202020) & ~w)) & 0x80808080) !== 0) break;
      i += 4;
    }
    if (i >= to) return;
    const c = b[i];
    if (c >= 0x20 && c < 0x7f) continue;
    if (c < 0x80) {
      b[i] = 46;
      continue;
    }
    const n = utf8Length(b, i, to);
    if (n === 0) b[i] = 46;
    else if (n === 2 && c === 0xc2 && b[i + 1] < 0xa0) b[i] = b[i + 1] = 46;
    else i += n - 1;
  }
}
