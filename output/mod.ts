/**
 * The output formats that ship.
 *
 * @module
 */
export { csv } from "./csv.ts";
export { fields } from "./fields.ts";
export { json } from "./json.ts";
export { ndjson } from "./ndjson.ts";
export { pcap } from "./pcap.ts";
export { pcapng } from "./pcapng.ts";
export { plist } from "./plist.ts";
export { text } from "./text.ts";
export { tree } from "./tree.ts";
