/**
 * The table of commands. What each does is loaded when it is asked for.
 *
 * @module
 */
import type { Command, Flag } from "./flags.ts";

/** The shells there are completions for. */
export const SHELLS: readonly string[] = ["zsh", "bash", "fish", "powershell"];

const HELP: Flag = { name: "help", short: "h", help: "show this help and exit" };
const FRAMER: Flag = {
  name: "framer",
  value: "NAME",
  help:
    "cut the file into packets with this framer (pcap, pcapng, pcap-parser for npm:pcap-parser, " +
    "or a plug-in's) instead of the one that its first bytes ask for",
  completes: "framer",
};
const BPF: Flag = {
  name: "bpf",
  value: "EXPR",
  help: "only packets that this filter lets pass, in the language of tcpdump (see `bpf`)",
};
const COUNT: Flag = {
  name: "count",
  short: "c",
  value: "N",
  number: true,
  help: "stop after N packets",
};
const PLUGIN: Flag = {
  name: "plugin",
  value: "MODULE",
  many: true,
  help: "load a plug-in",
  completes: "file",
};
const READING: readonly Flag[] = [
  BPF,
  COUNT,
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
  PLUGIN,
  {
    name: "strict",
    help: "exit with 1 if the file had oddities or a packet was malformed",
  },
];
/** Where a table goes. */
const OUTPUT: Flag = {
  name: "output",
  short: "o",
  value: "FILE",
  help: "write to FILE (- for standard output, the default)",
  completes: "file",
};
const JSON_LINES: Flag = { name: "json", short: "j", help: "as JSON lines" };
const NO_PROGRESS: Flag = { name: "no-progress", help: "no progress bar" };
const QUIET: Flag = {
  name: "quiet",
  short: "q",
  help: "say nothing on standard error but errors",
};
const LIBRARY: Flag = {
  name: "library",
  value: "FILE",
  help: "libpcap's shared library",
  completes: "file",
};
const VERBOSE: Flag = {
  name: "verbose",
  short: "v",
  help: "show each packet's chain of protocols on standard error",
};
/** What reports in text may show. */
const TEXT: readonly Flag[] = [
  {
    name: "time",
    value: "FORM",
    help: "time column of text (relative if absent)",
    choices: ["relative", "epoch", "utc", "delta"],
  },
  { name: "hex", short: "x", help: "text: add a hexadecimal dump of each frame" },
];
const ENGINE: Flag = {
  name: "engine",
  short: "E",
  value: "NAME",
  help: "dissect with this engine (see `list engines`)",
  completes: "engine",
};
const ENGINE_OPTION: Flag = {
  name: "engine-option",
  value: "KEY=VALUE",
  many: true,
  help:
    "an option of the engine; may be given several times (tshark: displayFilter, decodeAs, preferences, keyLogFile \u2026)",
};
const DEPTH: readonly Flag[] = [
  ENGINE,
  ENGINE_OPTION,
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
    help:
      "server: threads that dissect, from 2 on this one among them; as many as processors if absent",
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
  values: ["file"],
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
    VERBOSE,
    {
      name: "files",
      short: "F",
      help: "write one file per frame into the directory named by --output",
    },
    ...DEPTH,
    ...TEXT,
    NO_PROGRESS,
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
    values: ["file"],
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
      { name: "csv", help: "as CSV, quoted where needed, with names in a first line" },
      { name: "header", help: "name the columns in a first line" },
      { name: "separator", value: "TEXT", help: "between columns (a tab)" },
      { name: "aggregator", value: "TEXT", help: "between several values of one field (a comma)" },
      {
        name: "occurrence",
        value: "WHICH",
        help: "which of several values",
        choices: ["all", "first", "last"],
      },
      OUTPUT,
      ...DEPTH,
      NO_PROGRESS,
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
    values: ["file"],
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
        help:
          "order: that of the first packets (the default), or most packets or bytes first, \u2026",
        choices: ["first", "packets", "bytes", "protocol", "src", "dst"],
      },
      { name: "top", short: "n", value: "N", number: true, help: "print the first N flows only" },
      JSON_LINES,
      {
        name: "total",
        help: "print no flows, but three numbers: of flows, and of packets and bytes in them",
      },
      OUTPUT,
      {
        ...ENGINE,
        help: "find addresses and ports with this engine (see `list engines`) instead of dpkt",
      },
      ENGINE_OPTION,
      {
        name: "strategy",
        value: "NAME",
        help: "auto (the default): large files on several threads; server: any file; inline: none",
        choices: ["auto", "inline", "server"],
      },
      {
        name: "workers",
        value: "N",
        number: true,
        help: "threads that count, instead of as many as there are processors",
      },
      NO_PROGRESS,
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
    name: "compare",
    help: "Lists every field in which two engines differ, with the frames; exits with 1 if any.",
    operands: "FILE",
    values: ["file"],
    count: [1, 1],
    flags: [
      HELP,
      {
        name: "engines",
        value: "A,B",
        help: "the two engines (see `list engines`); default,dpkt if absent",
      },
      {
        name: "field",
        short: "e",
        value: "ABBREV,\u2026",
        many: true,
        help: "compare these fields only; may be given several times (see `list fields`)",
        completes: "field",
      },
      {
        name: "all",
        help:
          "compare also what only one of the engines can find: fields and layers it alone knows",
      },
      { name: "kept", help: "list also the differences that are kept on purpose, and why" },
      { name: "json", short: "j", help: "as one JSON object" },
      NO_PROGRESS,
      ...READING.filter((f) => f.name !== "follow" && f.name !== "strict"),
      { name: "strict", help: "exit with 1 also if the file had oddities" },
    ],
    examples: [
      [
        "pcapkit compare in.pcap --engines default,tshark",
        "do our dissectors agree with Wireshark's?",
      ],
      [
        "pcapkit compare in.pcap -e ip.src,ip.dst --json | jq .fields",
        "two fields, for another program",
      ],
    ],
    load: async () => (await import("./commands/compare.ts")).compareCommand,
  },
  {
    name: "info",
    help: "Says what is in capture files: format, packets, times, rates, interfaces, as capinfos.",
    operands: "FILE\u2026",
    values: ["file"],
    count: [1, Infinity],
    flags: [
      HELP,
      { name: "json", short: "j", help: "as one JSON object a file" },
      BPF,
      FRAMER,
      PLUGIN,
      { name: "strict", help: "exit with 1 if a file had oddities" },
    ],
    examples: [["pcapkit info *.pcap", "about each file"]],
    load: async () => (await import("./commands/info.ts")).infoCommand,
  },
  {
    name: "convert",
    help:
      "Writes a capture again: other format, precision, byte order or compression, or a part of it.",
    operands: "IN OUT",
    values: ["file"],
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
      {
        name: "lossy",
        help: "allow to drop what the format cannot hold (comments, link types\u2026)",
      },
      NO_PROGRESS,
      ...READING,
    ],
    examples: [
      ["pcapkit convert in.pcap out.pcapng.zst", "to pcapng, compressed"],
      ["pcapkit convert in.pcapng out.pcap --precision nanoseconds", "to pcap in nanoseconds"],
      ["pcapkit convert in.pcap web.pcap --bpf 'tcp port 80'", "the packets of the web alone"],
    ],
    load: async () => (await import("./commands/convert.ts")).convertCommand,
  },
  {
    name: "capture",
    help:
      "Captures packets on devices: writes them to files, shows them, or both. Words behind the options are a filter.",
    operands: "[FILTER\u2026]",
    count: [0, Infinity],
    flags: [
      HELP,
      {
        name: "interface",
        short: "i",
        value: "NAME",
        many: true,
        help: "capture on this device, that of libpcap's choice if absent; may be given several " +
          "times (see `devices`)",
        completes: "device",
      },
      { name: "bpf", value: "EXPR", help: "capture what this filter matches (pcap-filter(7))" },
      COUNT,
      {
        name: "autostop",
        short: "a",
        value: "WHEN",
        many: true,
        help: "stop after duration:SECONDS, filesize:KB, packets:N or, with --ring, files:N",
      },
      {
        name: "write",
        short: "w",
        value: "FILE",
        help: "write the packets to FILE: pcap or, by any other extension, pcapng",
        completes: "file",
      },
      {
        name: "ring",
        short: "b",
        value: "WHEN",
        many: true,
        help:
          "begin a new file after duration:SECONDS, filesize:KB or packets:N; keep the last files:N",
      },
      {
        name: "packet-buffered",
        short: "U",
        help: "write packets as they come, rather than a quarter of a megabyte at a time",
      },
      {
        name: "output",
        short: "o",
        value: "FILE",
        help: "write a report to FILE (- for standard output); its extension chooses the format",
        completes: "file",
      },
      {
        name: "format",
        short: "f",
        value: "FORMAT",
        help: "format of the report (see `list formats`); text if nothing says otherwise",
        completes: "format",
      },
      {
        name: "snaplen",
        short: "s",
        value: "BYTES",
        number: true,
        help: "keep so many bytes of each packet",
      },
      { name: "no-promiscuous", short: "p", help: "do not capture packets to other machines" },
      { name: "monitor", short: "I", help: "put a Wi-Fi interface into monitor mode" },
      {
        name: "buffer-size",
        short: "B",
        value: "MIB",
        number: true,
        help: "size of the kernel's buffer",
      },
      {
        name: "direction",
        short: "Q",
        value: "WAY",
        help: "which packets",
        choices: ["in", "out", "inout"],
      },
      {
        name: "link-type",
        short: "y",
        value: "TYPE",
        help: "link type, by name or number (see `devices`)",
      },
      { name: "time-stamp-type", value: "TYPE", help: "kind of time stamps (see `devices`)" },
      {
        name: "precision",
        value: "UNIT",
        help: "unit of time stamps; nanoseconds where there are any",
        choices: ["microseconds", "nanoseconds"],
      },
      {
        name: "timeout",
        value: "MS",
        number: true,
        help: "how long a packet may wait for others (20)",
      },
      { name: "immediate", help: "deliver each packet at once" },
      {
        name: "fanout",
        value: "GROUP[:MODE]",
        help:
          "Linux: share the packets with other captures of this group, by hash, round-robin, cpu, rollover, random or queue",
      },
      {
        name: "through",
        value: "WHAT",
        help: "capture by this: dumpcap and tcpdump may have rights that deno has not",
        choices: ["libpcap", "dumpcap", "tcpdump"],
      },
      LIBRARY,
      ...DEPTH,
      ...TEXT,
      VERBOSE,
      QUIET,
      { name: "no-progress", help: "no running display" },
      PLUGIN,
    ],
    examples: [
      ["pcapkit capture -i eth0 -c 10 tcp port 443", "ten packets, a line each"],
      ["pcapkit capture -i eth0 -i lo -w all.pcapng -a duration:60", "a minute of two devices"],
      ["pcapkit capture -w ring.pcapng -b filesize:100000 -b files:5", "the last 500 MB"],
      ["pcapkit capture -i eth0 -f ndjson udp port 53 | jq .", "into another program"],
    ],
    load: async () => (await import("./commands/capture.ts")).captureCommand,
  },
  {
    name: "devices",
    help:
      "Lists the devices packets can be captured on: state, addresses, link types, time stamps.",
    operands: "[DEVICE\u2026]",
    values: ["device"],
    count: [0, Infinity],
    flags: [
      HELP,
      { name: "json", short: "j", help: "as one JSON object a line and device" },
      LIBRARY,
    ],
    examples: [["pcapkit devices --json | jq -r .name", "the names"]],
    load: async () => (await import("./commands/devices.ts")).devicesCommand,
  },
  {
    name: "send",
    help:
      "Sends the packets of a capture file on a device: at their own pace, at a rate, or as fast as it goes.",
    operands: "[FILE]",
    values: ["file"],
    count: [0, 1],
    flags: [
      HELP,
      {
        name: "interface",
        short: "i",
        value: "NAME",
        help: "send on this device (see `devices`)",
        completes: "device",
      },
      { name: "speed", value: "X", help: "X times as fast as captured; 0.5 is half as fast" },
      { name: "pps", value: "N", help: "N packets a second; 10k and 1.5M do, too" },
      {
        name: "bps",
        value: "N",
        help: "N bits a second, counting the frames' own bytes; 10M and 1G do, too",
      },
      { name: "fast", help: "as fast as the device takes them" },
      {
        name: "max-gap",
        value: "SECONDS",
        help: "wait so long between two packets at most, however far apart they were captured",
      },
      {
        name: "loop",
        value: "N",
        number: true,
        help: "send all N times; 0 for until interrupted",
      },
      {
        name: "hex",
        value: "BYTES",
        many: true,
        help:
          "send this frame, given in hexadecimal, instead of a file; may be given several times",
      },
      ...READING.filter((f) => f.name !== "strict"),
      LIBRARY,
      QUIET,
      { name: "no-progress", help: "no running display" },
    ],
    examples: [
      ["pcapkit send in.pcap -i eth0", "as it was captured"],
      ["pcapkit send in.pcap -i eth0 --pps 50k --loop 10", "50,000 packets a second, ten times"],
      ["pcapkit send in.pcap -i eth0 --fast --bpf 'udp port 53'", "a part, as fast as it goes"],
    ],
    load: async () => (await import("./commands/send.ts")).sendCommand,
  },
  {
    name: "bpf",
    help: "Prints the program that libpcap compiles a filter expression to, as tcpdump -d.",
    operands: "EXPR",
    count: [0, Infinity],
    flags: [
      HELP,
      {
        name: "link-type",
        short: "y",
        value: "TYPE",
        help: "link type of the packets, by name or number (ETHERNET)",
      },
      { name: "listing", short: "d", help: "readable, a line an instruction (the default)" },
      { name: "c", short: "dd", help: "as a fragment of C" },
      { name: "numbers", short: "ddd", help: "as decimal numbers, their count first" },
      { name: "javascript", help: "as the code that filters a batch of frames here" },
      { name: "no-optimize", short: "O", help: "without libpcap's optimizer" },
      {
        name: "snaplen",
        short: "s",
        value: "BYTES",
        number: true,
        help: "what the program answers for a packet that passes (262144)",
      },
    ],
    examples: [
      ["pcapkit bpf 'tcp port 80'", "for Ethernet"],
      ["pcapkit bpf -dd -y RAW host 10.0.0.1", "for raw IP, as C"],
    ],
    load: async () => (await import("./commands/bpf.ts")).bpfCommand,
  },
  {
    name: "list",
    help:
      "Lists what there is: protocols, fields (of a protocol), engines, framers, formats or strategies.",
    operands: "protocols|fields [PROTOCOL]|engines|framers|formats|strategies",
    values: [["protocols", "fields", "engines", "framers", "formats", "strategies"], "protocol"],
    count: [1, 2],
    flags: [HELP, JSON_LINES, PLUGIN],
    examples: [["pcapkit list fields tcp", "the fields of one protocol"]],
    load: async () => (await import("./commands/list.ts")).listCommand,
  },
  {
    name: "bench",
    help:
      "Measures engines, strategies and framers, side by side with what is installed of tshark, tcpdump, " +
      "Python dpkt, Scapy, libpcap and npm:pcap-parser.",
    operands: "[FILE\u2026]",
    values: ["file"],
    count: [0, Infinity],
    flags: [
      HELP,
      {
        name: "job",
        value: "NAME",
        many: true,
        help: "measure this job: frames, layers, flows, bpf, fields, text, ndjson (all), or start",
      },
      {
        name: "engine",
        short: "E",
        value: "NAME",
        many: true,
        help: "measure this engine instead of all",
        completes: "engine",
      },
      {
        name: "strategy",
        value: "NAME",
        many: true,
        help: "measure this strategy instead of all",
      },
      {
        name: "framer",
        value: "NAME",
        many: true,
        help: "measure this framer, with all engines and strategies",
      },
      {
        name: "workers",
        value: "N",
        number: true,
        help: "threads of server, instead of as many as there are processors, from 2 to 4",
      },
      { name: "no-peers", help: "measure no programs of others" },
      {
        name: "packets",
        value: "N",
        number: true,
        help: "packets of the generated capture, where no FILE is given (100000)",
      },
      {
        name: "captures",
        value: "DIR",
        help: "keep generated captures there, and find those of an earlier run",
        completes: "file",
      },
      {
        name: "runs",
        value: "N",
        number: true,
        help: "run each program so often at most (3); the least time counts",
      },
      {
        name: "seconds",
        value: "S",
        help:
          "begin no run of a program after so many seconds of it (3); the slow get fewer packets",
      },
      { name: "no-pin", help: "do not bind programs with one thread to one processor" },
      { name: "quick", help: "small captures, one run: whether it works, no figures" },
      {
        name: "verbose",
        short: "v",
        help:
          "tell each run on standard error; elsewhere than on a terminal nothing is told otherwise",
      },
      { name: "stages", help: "measure the stages apart: frame, walk, read, encode" },
      {
        name: "goals",
        help: "measure what pcapkit promises (several GB of temporary files), as a check list",
      },
      { name: "strict", help: "exit with 1 if a goal is not met, or programs counted differently" },
      {
        name: "output",
        short: "o",
        value: "FILE",
        many: true,
        help: "write the results to FILE as well: .json, .svg (a chart) or .md",
        completes: "file",
      },
      { name: "json", short: "j", help: "as JSON instead of tables" },
      { name: "from", value: "FILE", help: "report these results (JSON), measure nothing" },
      {
        name: "update-readme",
        help: "in a checkout: the whole run, into README.md, docs/bench.svg and bench/results",
      },
      {
        name: "in-process",
        value: "WORK",
        help:
          "do this to FILE here and print what came of it: layers; a stage (frame, walk, \u2026); " +
          "or mix, mix-ng, tiny64: generate it",
      },
      PLUGIN,
    ],
    examples: [
      ["pcapkit bench", "all jobs, on a generated capture"],
      ["pcapkit bench in.pcap --job text -o chart.svg", "one job on a capture of one's own"],
    ],
    load: async () => (await import("./commands/bench.ts")).benchCommand,
  },
  {
    name: "complete",
    help: "Prints the completion script of a shell: zsh, bash, fish or powershell.",
    operands: "SHELL",
    values: [SHELLS],
    count: [0, Infinity],
    flags: [HELP],
    examples: [["source <(pcapkit complete bash)", "completions in this shell"]],
    load: async () => (await import("./commands/complete.ts")).completeCommand,
  },
];
