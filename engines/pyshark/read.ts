/**
 * What tshark prints, as packets: PDML, JSON and PSML.
 *
 * @module
 */
import {
  type Layer,
  LayerField,
  layerOf,
  type Packet,
  packetOf,
  type PacketSummary,
} from "./packet.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};

/** XML's text as what it stands for. */
function plain(text: string): string {
  return text.includes("&")
    ? text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (all, hex, decimal, name) => {
      if (name !== undefined) return ENTITIES[name] ?? all;
      const code = hex === undefined ? Number(decimal) : parseInt(hex, 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : all;
    })
    : text;
}

const TAG = /<(\/?)(proto|field)((?:\s+[a-z_]+="[^"]*")*)\s*(\/?)>/g;
const ATTRIBUTE = /([a-z_]+)="([^"]*)"/g;

/** A packet of PDML. */
export function packetOfPdml(xml: string, raw: boolean): Packet {
  const layers: Layer[] = [];
  let frame: Layer | undefined;
  // Layers stand in layers where an error quotes a packet: each keeps its own fields, in the order they begin.
  const open: { name: string; title: string; fields: LayerField[]; slot: number }[] = [];
  const kinds: boolean[] = [];
  const made: (Layer | undefined)[] = [];
  for (const [, closing, kind, text, alone] of xml.matchAll(TAG)) {
    if (closing) {
      if (!kinds.pop()) continue;
      const { name, title, fields, slot } = open.pop()!;
      const own = name === "fake-field-wrapper" ? fields[0]?.name ?? "" : name;
      if (own === "geninfo" || (name === "fake-field-wrapper" && own !== "data")) {
        if (name !== "geninfo" && fields.length > 0) made[slot] = layerOf(own, title, fields, raw);
        continue;
      }
      const layer = layerOf(own, title, fields, raw);
      if (own === "frame") frame = layer;
      else made[slot] = layer;
      continue;
    }
    const attributes: Record<string, string> = {};
    for (const [, key, value] of text.matchAll(ATTRIBUTE)) attributes[key] = plain(value);
    if (kind === "proto") {
      open.push({
        name: attributes.name ?? "",
        title: attributes.showname ?? attributes.name ?? "",
        fields: [],
        slot: made.push(undefined) - 1,
      });
      if (alone) {
        const { name, title, slot } = open.pop()!;
        made[slot] = layerOf(name, title, [], raw);
      }
    } else if (attributes.name) open.at(-1)?.fields.push(new LayerField(attributes));
    if (!alone) kinds.push(kind === "proto");
  }
  layers.push(...made.filter((l) => l !== undefined));
  return packetOf(layers, frame ?? layerOf("frame", "Frame", [], raw));
}

/** A packet of JSON, as `tshark -T json` (with `-x`: and its bytes). */
export function packetOfJson(text: string, raw: boolean): Packet {
  const { _source: { layers } } = JSON.parse(text) as {
    _source: { layers: Record<string, unknown> };
  };
  const found: Layer[] = [];
  let frame: Layer | undefined, bytes: Uint8Array | undefined;
  for (const [name, value] of Object.entries(layers)) {
    if (name === "frame_raw" && Array.isArray(value)) {
      bytes = new LayerField({ value: String(value[0]) }).binary_value;
    }
    if (name.endsWith("_raw")) continue;
    for (const one of Array.isArray(value) ? value : [value]) {
      const fields: LayerField[] = [];
      collect(one, fields);
      const layer = layerOf(name, name, fields, raw);
      if (name === "frame") frame = layer;
      else found.push(layer);
    }
  }
  return packetOf(found, frame ?? layerOf("frame", "Frame", [], raw), bytes);
}

/** Fields of an object of JSON and of those in it. */
function collect(value: unknown, into: LayerField[]): void {
  if (typeof value !== "object" || value === null) return;
  const object = value as Record<string, unknown>;
  for (const [name, inner] of Object.entries(object)) {
    if (name.endsWith("_raw")) continue;
    const bytes = object[`${name}_raw`];
    const about = Array.isArray(bytes)
      ? { value: String(bytes[0]), pos: String(bytes[1]), size: String(bytes[2]) }
      : {};
    for (const one of Array.isArray(inner) ? inner : [inner]) {
      if (typeof one === "string") into.push(new LayerField({ name, show: one, ...about }));
      else collect(one, into);
    }
  }
}

/** A line of PSML, with the columns that its head names. */
export function summaryOf(xml: string, columns: readonly string[]): PacketSummary {
  const values = [...xml.matchAll(/<section>([\s\S]*?)<\/section>/g)].map(([, text]) =>
    plain(text)
  );
  const summary: Record<string, string> = {};
  columns.forEach((column, i) => {
    summary[column.toLowerCase().replace(/\W/g, "")] = values[i] ?? "";
  });
  return summary as unknown as PacketSummary;
}

/** The columns that the head of a PSML document names. */
export function columnsOf(xml: string): string[] {
  return [...xml.matchAll(/<section>([\s\S]*?)<\/section>/g)].map(([, text]) => plain(text));
}
