/**
 * The output formats that ship.
 *
 * @module
 */
export { csv, fields, json, ndjson, pcap, pcapng, plist, text, tree } from "./formats.ts";
