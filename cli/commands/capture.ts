/**
 * Capturing on devices: to files, as a report, or both.
 *
 * @module
 */
import type { FrameBatch, FrameSource } from "../../capture/mod.ts";
import {
  type Backend,
  defaultDevice,
  type Direction,
  type FanoutMode,
  linkTypeName,
  linkTypeNumber,
  live,
  type LiveCapture,
  type LiveOptions,
  type LiveStats,
  type Precision,
} from "../../capture/libpcap/mod.ts";
import { formatOfName, start } from "../../workers/extract.ts";
import { findEngine } from "../../workers/job.ts";
import { CaptureFiles, type FileLimits } from "../capture_files.ts";
import { type Args, UsageError } from "../flags.ts";
import { interruption, say, sinkFor, StatusLine, WarningPrinter } from "../io.ts";
import { checkWorkers, engineOptionsOf, kitOf } from "../run.ts";

/** Batches for reports, as the main job has them: an encoder holds fifty times a packet's bytes. */
const REPORT_BATCH = { batchBytes: 256 * 1024, batchPackets: 512 };

/** Flags that only a report heeds. */
const OF_REPORTS = [
  ...["engine", "engine-option", "strategy", "workers", "protocol", "layer"],
  ...["time", "hex", "verbose", "plugin"],
];

/** Captures. */
export async function captureCommand(args: Args): Promise<number> {
  const file = args.one("write");
  const stops = conditions(args, "autostop", ["duration", "filesize", "packets", "files"]);
  const ring = args.all("ring").length === 0
    ? undefined
    : conditions(args, "ring", ["duration", "filesize", "packets", "files"]);
  if (ring !== undefined && file === undefined) throw new UsageError("--ring needs --write FILE");
  if (ring !== undefined && file === "-") {
    throw new UsageError("--ring begins new files, and there is but one standard output");
  }
  if (stops.files !== undefined && ring === undefined) {
    throw new UsageError("--autostop files:N needs --ring, which begins new files");
  }
  if (file === "-" && Deno.stdout.isTerminal()) {
    throw new UsageError("a capture is not for a terminal: name a file, or pipe it");
  }
  const kit = await kitOf(args);
  const report = reportOf(args, file, (name) => formatOfName(name, kit));
  if (report !== undefined && !kit.formats.has(report.format)) {
    throw new UsageError(`unknown format "${report.format}" (see \`list formats\`)`);
  }
  if (
    report !== undefined && kit.formats.get(report.format)?.binary &&
    (report.output ?? "-") === "-" && Deno.stdout.isTerminal()
  ) {
    throw new UsageError(`format ${report.format} is not for a terminal: give --output FILE`);
  }
  if (report === undefined) {
    args.refuse(OF_REPORTS, "is for a report: give --format or --output");
  } else {
    if (report.format !== "text") args.refuse(["hex", "time"], "is for format text");
    checkWorkers(args);
    // An engine that cannot run should cost nothing, and be told before anything is captured.
    await findEngine(kit, args.one("engine") ?? "default", engineOptionsOf(args));
  }
  using stop = interruption();
  const options: LiveOptions = {
    ...deviceOptions(args),
    ...numberOption("count", leastOf(args.number("count"), stops.packets)),
    ...numberOption("durationMs", stops.durationMs),
    // Of a file, its size counts; without one, the bytes captured.
    ...numberOption("bytes", file === undefined ? stops.bytes : undefined),
    signal: stop.signal,
  };
  const library = options.library === undefined ? {} : { library: options.library };
  const names = args.all("interface").flatMap((name) => name.split(","));
  if (names.length === 0) {
    if (options.through !== undefined && options.through !== "libpcap") {
      throw new UsageError("--through needs --interface NAME");
    }
    names.push(defaultDevice(library).name);
  }
  await using capture = live(names, options);
  await capture.open({ reuse: true, ...(report === undefined ? {} : REPORT_BATCH) });
  await using files = file === undefined ? undefined : new CaptureFiles(
    file,
    /\.(pcap|cap|dmp)(\.(gz|zst))?$/.test(file) ? "pcap" : "pcapng",
    {
      ...(ring === undefined
        ? { ...numberOption("bytes", stops.bytes), files: 1 }
        : { ...ring, ...numberOption("files", stops.files), numbered: true }),
      flush: args.has("packet-buffered"),
    },
    capture,
  );
  await files?.begin();
  if (!args.has("quiet")) announce(capture, options, library);
  let shown = 0;
  using display = new StatusLine(
    !args.has("no-progress") && !args.has("quiet") &&
      (report === undefined || (report.output ?? "-") !== "-" || !Deno.stdout.isTerminal()),
    (elapsedMs) => {
      const { captured, dropped, interfaceDropped } = capture.stats();
      const rate = Math.round((captured - shown) * 1000 / elapsedMs);
      shown = captured;
      return `${captured} packets, ${rate}/s, ${dropped + interfaceDropped} dropped`;
    },
  );
  const onBatch = async (frames: FrameBatch): Promise<void> => {
    await files?.write(frames);
    if (files?.complete) capture.stop();
    display.update();
  };
  const warnings = new WarningPrinter();
  if (report === undefined) {
    const framing = await capture.frames();
    for (;;) {
      const next = framing.next();
      const batch = next instanceof Promise ? await next : next;
      if (batch === undefined) break;
      await onBatch(batch);
    }
  } else {
    const engine = args.one("engine"), engineOptions = engineOptionsOf(args);
    const strategy = args.one("strategy"), workers = args.number("workers");
    await using extraction = await start({
      fin: watched(capture, onBatch),
      kit,
      format: report.format,
      formatOptions: { hex: args.has("hex"), time: args.one("time") ?? "relative" },
      sink: () => sinkFor(report.output),
      reuse: true,
      store: false,
      verbose: args.has("verbose"),
      ...(engine === undefined ? {} : { engine }),
      engineOptions,
      ...(strategy === undefined ? {} : { strategy }),
      ...(workers === undefined ? {} : { workers }),
      onWarning: (w) => warnings.add(`"${capture.name}": ${w.reason} (${w.code})`),
    });
    await extraction.run();
  }
  display[Symbol.dispose]();
  warnings.end();
  if (!args.has("quiet")) summary(capture.stats());
  return 0;
}

/** The capture, with each batch shown to `look` before it is dissected. */
function watched(
  capture: LiveCapture,
  look: (frames: FrameBatch) => Promise<void>,
): FrameSource {
  return {
    name: capture.name,
    async frames(options) {
      const framing = await capture.frames(options);
      return {
        header: framing.header,
        async next() {
          const batch = await framing.next();
          if (batch !== undefined) await look(batch);
          return batch;
        },
        [Symbol.asyncDispose]: () => framing[Symbol.asyncDispose](),
      };
    },
  };
}

/** Which report is written, if any: none if only a capture file is asked for. */
function reportOf(
  args: Args,
  file: string | undefined,
  formatOf: (name: string) => string | undefined,
): { readonly format: string; readonly output: string | undefined } | undefined {
  const output = args.one("output"), format = args.one("format");
  if (file !== undefined && output === undefined && format === undefined) return undefined;
  const named = format ?? (output === undefined || output === "-" ? "text" : formatOf(output));
  if (named === undefined) {
    throw new UsageError(`cannot tell the format from "${output}": give --format`);
  }
  if (file === "-" && (output ?? "-") === "-") {
    throw new UsageError("--write and the report both go to standard output: give --output FILE");
  }
  return { format: named, output };
}

/** How devices are opened. */
function deviceOptions(args: Args): LiveOptions {
  const words = args.operands.join(" ");
  const bpf = args.one("bpf");
  if (bpf !== undefined && words !== "") {
    throw new UsageError("--bpf and the words behind the options are both filters: give one");
  }
  const filter = bpf ?? words;
  const through = args.one("through") as Backend | undefined;
  const library = args.one("library");
  const bufferSize = args.number("buffer-size");
  const linkType = args.one("link-type");
  const direction = args.one("direction") as Direction | undefined;
  const precision = args.one("precision") as Precision | undefined;
  const timestampType = args.one("time-stamp-type");
  const fanout = args.one("fanout");
  return {
    promiscuous: !args.has("no-promiscuous"),
    ...(args.has("monitor") ? { monitor: true } : {}),
    ...(args.has("immediate") ? { immediate: true } : {}),
    ...numberOption("snapLength", args.number("snaplen")),
    ...numberOption("timeoutMs", args.number("timeout")),
    ...numberOption("bufferSize", bufferSize === undefined ? undefined : bufferSize * 1024 * 1024),
    ...(filter === "" ? {} : { filter }),
    ...(through === undefined ? {} : { through }),
    ...(library === undefined ? {} : { library }),
    ...(direction === undefined ? {} : { direction }),
    ...(precision === undefined ? {} : { precision }),
    ...(timestampType === undefined ? {} : { timestampType }),
    ...(linkType === undefined ? {} : { linkType: linkTypeOf(linkType, library) }),
    ...(fanout === undefined ? {} : { fanout: fanoutOf(fanout) }),
  };
}

function linkTypeOf(text: string, library: string | undefined): number {
  if (/^\d+$/.test(text)) return Number(text);
  const number = linkTypeNumber(text, library === undefined ? {} : { library });
  if (number === undefined) throw new UsageError(`unknown link type "${text}" (see \`devices\`)`);
  return number;
}

function fanoutOf(text: string): { readonly group: number; readonly mode?: FanoutMode } {
  const [group, mode] = text.split(":");
  if (!/^\d+$/.test(group)) throw new UsageError(`--fanout is GROUP or GROUP:MODE, not "${text}"`);
  return { group: Number(group), ...(mode === undefined ? {} : { mode: mode as FanoutMode }) };
}

/** Conditions as dumpcap writes them: `duration:10`, in seconds; `filesize:1000`, in kB; `packets:5`; `files:3`. */
function conditions(
  args: Args,
  flag: string,
  known: readonly string[],
): FileLimits {
  const found: Record<string, number> = {};
  for (const text of args.all(flag)) {
    const [, key, value] = /^([a-z]+):(\d+(?:\.\d+)?)$/.exec(text) ?? [];
    if (key === undefined || !known.includes(key) || !(Number(value) > 0)) {
      throw new UsageError(
        `--${flag} is ${known.map((k) => `${k}:N`).join(", ")}, and not "${text}"`,
      );
    }
    found[key] = Number(value);
  }
  return {
    ...numberOption("durationMs", found.duration && found.duration * 1000),
    ...numberOption("bytes", found.filesize && found.filesize * 1000),
    ...numberOption("packets", found.packets),
    ...numberOption(flag === "ring" ? "keep" : "files", found.files),
  };
}

function numberOption<K extends string>(key: K, value: number | undefined): { [P in K]?: number } {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: number };
}

function leastOf(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : b === undefined ? a : Math.min(a, b);
}

/** Says on standard error what is captured, as tcpdump does. */
function announce(capture: LiveCapture, options: LiveOptions, library: { library?: string }): void {
  const through = options.through ?? "libpcap";
  for (const device of capture.devices) {
    const info = capture.interfaces.find((i) => i.name === device.name);
    const type = info === undefined || through !== "libpcap"
      ? ""
      : `, link-type ${linkTypeName(info.linkType, library) ?? info.linkType}, snapshot length ` +
        `${info.snapLength} bytes`;
    say(
      `pcapkit: listening on ${device.name}${
        through === "libpcap" ? "" : ` through ${through}`
      }${type}`,
    );
  }
}

/** Says on standard error what was captured, as tcpdump does. */
function summary(stats: LiveStats): void {
  const lines = (n: Omit<LiveStats, "devices">, name: string): void => {
    const line = (count: number, what: string): void =>
      say(`${name}${count} packet${count === 1 ? "" : "s"} ${what}`);
    line(n.captured, "captured");
    line(n.received, "received by filter");
    line(n.dropped, "dropped by kernel");
    if (n.interfaceDropped > 0) line(n.interfaceDropped, "dropped by interface");
  };
  if (stats.devices.length > 1) { for (const d of stats.devices) lines(d, `${d.name}: `); }
  lines(stats, "");
}
