/**
 * The output formats that ship: what they are called and what they look at. What writes them is loaded when one starts, so
 * that nobody loads the formats that are not asked for.
 *
 * @module
 */
import type { Format } from "../core/engine.ts";
import type { FieldsOptions } from "./fields.ts";

/** One line a packet. */
export const text: Format = lazy({
  name: "text",
  title: "one line a packet, as tshark prints it",
  extensions: ["log"],
  aliases: ["summary"],
}, () => import("./text.ts"));

/** One JSON object. */
export const json: Format = lazy({
  name: "json",
  title: "one JSON object: the capture's header and every packet as a tree of headers",
  extensions: ["json"],
}, () => import("./json.ts"));

/** Line-delimited JSON. */
export const ndjson: Format = lazy({
  name: "ndjson",
  title: "one JSON object a line and packet: all fields by Wireshark's names",
  extensions: ["ndjson", "jsonl"],
  aliases: ["jsonl", "ek"],
  asks: ({ fields }) =>
    fields === undefined ? undefined : { fields: fields as string[], plain: false },
}, () => import("./ndjson.ts"));

/** One XML property list. */
export const plist: Format = lazy({
  name: "plist",
  title: "one XML property list: the capture's header and every packet as a tree of headers",
  extensions: ["plist"],
  aliases: ["xml"],
}, () => import("./plist.ts"));

/** A tree of text. */
export const tree: Format = lazy({
  name: "tree",
  title: "a tree of text: the capture's header and every packet as a tree of headers",
  extensions: ["txt"],
  aliases: ["txt"],
}, () => import("./tree.ts"));

/** One line a packet. */
export const csv: Format = lazy({
  name: "csv",
  title: "one line of comma-separated values a packet",
  extensions: ["csv"],
}, () => import("./csv.ts"));

/** Columns of chosen fields. */
export const fields: Format = lazy({
  name: "fields",
  title: "columns of chosen fields, one line a packet, as tshark -T fields",
  extensions: ["tsv"],
  aliases: ["tsv"],
  asks: (options) => ({ fields: (options as unknown as FieldsOptions).fields ?? [], plain: true }),
}, () => import("./fields.ts"));

/** A pcap file. */
export const pcap: Format = lazy({
  name: "pcap",
  title: "a pcap file of the frames",
  extensions: ["pcap", "cap", "dmp"],
  aliases: ["cap"],
  binary: true,
  asks: () => ({ fields: [], plain: true }),
}, () => import("./pcap.ts"));

/** A pcapng file. */
export const pcapng: Format = lazy({
  name: "pcapng",
  title: "a pcapng file of the frames",
  extensions: ["pcapng", "ntar"],
  binary: true,
  asks: () => ({ fields: [], plain: true }),
}, () => import("./pcapng.ts"));

/** A format of which only the description is loaded until it starts. */
function lazy(about: Omit<Format, "start">, load: () => Promise<Pick<Format, "start">>): Format {
  return { ...about, start: async (context) => await (await load()).start(context) };
}
