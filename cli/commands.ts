/**
 * The table of commands. What each does is loaded when it is asked for.
 *
 * @module
 */
import type { Command, Flag } from "./flags.ts";

const HELP: Flag = { name: "help", short: "h", help: "show this help and exit" };
const FRAMER: Flag = {
  name: "framer",
  value: "NAME",
  help:
    "cut the file into packets with this framer (pcap, pcapng, pcap-parser for npm:pcap-parser, " +
    "or a plug-in's) instead of the one that its first bytes ask for",
};
const READING: readonly Flag[] = [
  {
    name: "count",
    short: "c",
    value: "N",
    number: true,
    help: "stop after N packets",
  },
  {
    name: "range",
    value: "FROM-TO",
    help: "only the packets with these numbers; FROM-, -TO and a single number do, too",
  },
  {
    name: "since",
    value: "TIME",
    help: "only packets from this time on: 2026-01-31T23:59:59.123Z (UTC if no zone is given), " +
      "or seconds since 1970",
  },
  { name: "until", value: "TIME", help: "only packets before this time" },
  FRAMER,
  { name: "follow", help: "at the end of the file wait for more, until interrupted" },
  { name: "plugin", value: "MODULE", many: true, help: "load a plug-in", completes: "file" },
  {
    name: "strict",
    help: "exit with 1 if the file had oddities or a packet was malformed",
  },
];
const DEPTH: readonly Flag[] = [
  {
    name: "engine",
    short: "E",
    value: "NAME",
    help: "dissect with this engine (see `list engines`)",
    completes: "engine",
  },
  {
    name: "strategy",
    value: "NAME",
    help: "how the work is spread over threads (see `list strategies`)",
    choices: ["auto", "inline", "server", "pipeline"],
  },
  {
    name: "workers",
    value: "N",
    number: true,
    help: "server: threads that dissect, instead of as many as there are processors",
  },
  {
    name: "protocol",
    short: "P",
    value: "NAME",
    many: true,
    help: "stop dissecting after this protocol; may be given several times",
    completes: "protocol",
  },
  {
    name: "layer",
    short: "L",
    value: "NAME",
    help: "stop dissecting after this layer",
    choices: ["link", "internet", "transport", "application", "none"],
  },
];

/** The main job: extract. */
export const EXTRACT: Command = {
  name: "",
  help:
    "Dissects a capture file (pcap, pcapng; gzip, zstd or lz4 around them) and writes a report.",
  operands: "FILE",
  count: [1, 1],
  flags: [
    HELP,
    { name: "version", short: "V", help: "show the version and exit" },
    {
      name: "output",
      short: "o",
      value: "FILE",
      help:
        "write the report to FILE (- for standard output, the default); its extension chooses the format",
      completes: "file",
    },
    {
      name: "format",
      short: "f",
      value: "FORMAT",
      help: "format of the report (see `list formats`); tree if nothing says otherwise",
      completes: "format",
    },
    { name: "json", short: "j", help: "the same as --format json" },
    { name: "plist", short: "p", help: "the same as --format plist" },
    { name: "tree", short: "t", help: "the same as --format tree" },
    {
      name: "auto-extension",
      short: "a",
      help: "append the format's extension to the output's name if it has none of the format's",
    },
    {
      name: "verbose",
      short: "v",
      help: "show each packet's chain of protocols on standard error",
    },
    {
      name: "files",
      short: "F",
      help: "write one file per frame into the directory named by --output",
    },
    ...DEPTH,
    {
      name: "time",
      value: "FORM",
      help: "time column of text",
      choices: ["relative", "epoch", "utc", "delta"],
    },
    { name: "hex", short: "x", help: "text: add a hexadecimal dump of each frame" },
    { name: "no-progress", help: "no progress bar" },
    ...READING,
  ],
  examples: [
    ["pcapkit in.pcap", "the report as tree text on standard output"],
    ["pcapkit in.pcap -o out.json -v", "the report as JSON, and a line per frame meanwhile"],
    ["pcapkit in.pcapng.zst -f text -c 100", "one line each for the first 100 packets"],
    ["tcpdump -w - | pcapkit - -f ndjson | jq .", "from a pipe into another program"],
  ],
  load: async () => (await import("./commands/extract.ts")).extractCommand,
};

/** All commands. */
export const COMMANDS: readonly Command[] = [
  EXTRACT,
  {
    name: "fields",
    help:
      "Prints chosen fields of each packet, as tshark -T fields; with --json all or some as JSON.",
    operands: "FILE",
    count: [1, 1],
    flags: [
      HELP,
      {
        name: "field",
        short: "e",
        value: "ABBREV",
        many: true,
        help: "print this field; may be given several times (see `list fields`)",
        completes: "field",
      },
      {
        name: "json",
        short: "j",
        help: "one JSON object a line and packet; all fields if none is chosen",
      },
      { name: "header", help: "name the columns in a first line" },
      { name: "separator", value: "TEXT", help: "between columns (a tab)" },
      { name: "aggregator", value: "TEXT", help: "between several values of one field (a comma)" },
      {
        name: "occurrence",
        value: "WHICH",
        help: "which of several values",
        choices: ["all", "first", "last"],
      },
      {
        name: "output",
        short: "o",
        value: "FILE",
        help: "write to FILE (- for standard output, the default)",
        completes: "file",
      },
      ...DEPTH,
      { name: "no-progress", help: "no progress bar" },
      ...READING,
    ],
    examples: [
      ["pcapkit fields in.pcap -e ip.src -e ip.dst -e tcp.dstport", "three columns"],
      ["pcapkit fields in.pcap --json | jq -c '.fields[\"dns.qry.name\"]'", "all fields, as JSON"],
    ],
    load: async () => (await import("./commands/fields.ts")).fieldsCommand,
  },
  {
    name: "flows",
    help: "Counts packets and bytes by addresses, protocol and ports.",
    operands: "FILE",
    count: [1, 1],
    flags: [
      HELP,
      {
        name: "bidirectional",
        short: "b",
        help: "count both directions of a conversation together, and each of them",
      },
      {
        name: "sort",
        value: "KEY",
        help: "order: that of the first packets (the default), or most packets or bytes first, …",
        choices: ["first", "packets", "bytes", "protocol", "src", "dst"],
      },
      { name: "top", short: "n", value: "N", number: true, help: "print the first N flows only" },
      { name: "json", short: "j", help: "as JSON lines" },
      {
        name: "total",
        help: "print no flows, but three numbers: of flows, and of packets and bytes in them",
      },
      {
        name: "output",
        short: "o",
        value: "FILE",
        help: "write to FILE (- for standard output, the default)",
        completes: "file",
      },
      {
        ...DEPTH[0],
        help: "find addresses and ports with this engine (see `list engines`) instead of dpkt",
      },
      { name: "no-progress", help: "no progress bar" },
      ...READING.filter((f) => f.name !== "strict"),
      { name: "strict", help: "exit with 1 if the file had oddities or not all flows were kept" },
    ],
    examples: [
      ["pcapkit flows in.pcap --sort bytes --top 10", "who sent most to whom"],
      ["pcapkit flows in.pcap -b --json | jq .dst", "conversations, for another program"],
    ],
    load: async () => (await import("./commands/flows.ts")).flowsCommand,
  },
  {
    name: "info",
    help: "Says what is in capture files: format, packets, times, rates, interfaces, as capinfos.",
    operands: "FILE…",
    count: [1, Infinity],
    flags: [HELP, { name: "json", short: "j", help: "as one JSON object a file" }, {
      name: "strict",
      help: "exit with 1 if a file had oddities",
    }, FRAMER],
    examples: [["pcapkit info *.pcap", "about each file"]],
    load: async () => (await import("./commands/info.ts")).infoCommand,
  },
  {
    name: "convert",
    help:
      "Writes a capture again: other format, precision, byte order or compression, or a part of it.",
    operands: "IN OUT",
    count: [2, 2],
    flags: [
      HELP,
      {
        name: "to",
        value: "FORMAT",
        help: "capture format, instead of by the extension of OUT",
        choices: ["pcap", "pcapng"],
      },
      {
        name: "precision",
        value: "UNIT",
        help: "pcap: unit of time stamps, instead of what keeps those of IN",
        choices: ["microseconds", "nanoseconds", "modified"],
      },
      {
        name: "byte-order",
        value: "ORDER",
        help: "byte order of numbers, instead of that of IN",
        choices: ["little", "big"],
      },
      {
        name: "compress",
        value: "HOW",
        help: "compression, instead of by the extension of OUT",
        choices: ["gzip", "zstd", "none"],
      },
      { name: "append", help: "add the packets to OUT, which must be of the same kind" },
      { name: "lossy", help: "allow to drop what the format cannot hold (comments, link types…)" },
      ...READING.filter((f) => f.name !== "plugin"),
    ],
    examples: [
      ["pcapkit convert in.pcap out.pcapng.zst", "to pcapng, compressed"],
      ["pcapkit convert in.pcapng out.pcap --precision nanoseconds", "to pcap in nanoseconds"],
    ],
    load: async () => (await import("./commands/convert.ts")).convertCommand,
  },
  {
    name: "list",
    help: "Lists what there is: protocols, fields, engines, formats or strategies.",
    operands: "protocols|fields|engines|formats|strategies",
    count: [1, 2],
    flags: [HELP, { name: "json", short: "j", help: "as JSON lines" }, {
      name: "plugin",
      value: "MODULE",
      many: true,
      help: "load a plug-in",
      completes: "file",
    }],
    examples: [["pcapkit list fields tcp", "the fields of one protocol"]],
    load: async () => (await import("./commands/list.ts")).listCommand,
  },
  {
    name: "complete",
    help: "Prints the completion script of a shell: zsh, bash, fish or powershell.",
    operands: "SHELL",
    count: [0, Infinity],
    flags: [],
    examples: [["source <(pcapkit complete bash)", "completions in this shell"]],
    load: async () => (await import("./commands/complete.ts")).completeCommand,
  },
];
