/**
 * Running a job over a capture: what `extract` and `fields` share.
 *
 * @module
 */
import { type Capture, openCapture } from "../capture/open.ts";
import { firstFrames, type FrameBatch, oneFrame } from "../core/batch.ts";
import { type Depth, LAYER, PROTOCOL_MASK } from "../core/catalogue.ts";
import type { Encoder, Job, PacketBatch } from "../core/engine.ts";
import type { StackLayer } from "../core/protocol.ts";
import { type Kit, loadKit } from "../kit.ts";
import { inline } from "../workers/inline.ts";
import { findFormat, prepare } from "../workers/job.ts";
import { type Args, UsageError } from "./flags.ts";
import { breather, interruption, progress, reason, say, type Sink } from "./io.ts";

/** Warnings shown one by one; the rest are counted. */
const WARNINGS_SHOWN = 20;

/** What to run, apart from what the arguments say. */
export interface Plan {
  /** The capture: a path, or `-`. */
  readonly input: string;
  /** Format and its options. */
  readonly format: NonNullable<Job["format"]>;
  /** Opens what the output goes to, once the capture is known to be one. */
  readonly open: (kit: Kit) => Sink;
  /** Directory for one file per frame, instead of `open`, with the extension of each. */
  readonly directory?: { readonly path: string; readonly extension: string };
  /** Shows each packet's chain of protocols on standard error. */
  readonly verbose?: boolean;
}

/** Where dissecting stops, as the flags say. */
export function depthOf(args: Args): Depth {
  const protocol = args.one("protocol"), layer = args.one("layer");
  return {
    ...(protocol !== undefined && protocol !== "null" ? { protocols: [protocol] } : {}),
    ...(layer !== undefined && layer !== "none" ? { layer: layer as StackLayer } : {}),
  };
}

/** The input as given, or with the extension it lacks, as the ancestor allows (`in` for `in.pcap`). */
export function findInput(name: string): string {
  if (name === "-") return name;
  for (const extension of ["", ".pcap", ".pcapng", ".cap"]) {
    try {
      if (Deno.statSync(name + extension)) return name + extension;
    } catch {
      // Not this one; what is wrong with the name itself is said when it is opened.
    }
  }
  return name;
}

/** Runs; answers the exit code. */
export async function run(args: Args, plan: Plan): Promise<number> {
  const kit = await loadKit(args.all("plugin"), depthOf(args));
  const format = findFormat(kit, plan.format.name);
  using stop = interruption();
  let shown = 0;
  const capture = await openCapture(plan.input, {
    reuse: true,
    follow: args.has("follow"),
    live: plan.input === "-" || args.has("follow"),
    signal: stop.signal,
    framers: [...kit.framers.values()],
    onWarning: (w) => {
      if (shown++ < WARNINGS_SHOWN) {
        say(`pcapkit: "${plan.input}" at byte ${w.offset}: ${w.reason} (${w.code})`);
      }
    },
  });
  await using _capture = capture;
  const job: Job = {
    engine: { name: args.one("engine") ?? "default" },
    format: plan.format,
    header: capture.header,
    reuse: true,
  };
  await using work = await prepare(job, kit);
  const bar = progress(sizeOf(plan.input), !args.has("no-progress"));
  const sink = plan.directory ? undefined : plan.open(kit);
  const files = plan.directory && await frameFiles(plan.directory, kit, job);
  const breathe = breather();
  const encoder = work.encoder!;
  let packets = 0, bytes = 0, issues = 0, failure: unknown;
  const most = args.number("count");
  const written = sink?.write(encoder.head());
  if (written) await written;
  try {
    if (most !== 0) {
      for await (const result of inline(job, limited(capture, most), { work })) {
        const pause = breathe();
        if (pause) await pause;
        if (result.output && sink) {
          const more = sink.write(result.output);
          if (more) await more;
        }
        const batch = result.packets!;
        if (files) files.write(batch);
        if (plan.verbose) showChains(batch, kit);
        packets += result.count;
        bytes += batch.frames.bytes.length;
        issues += batch.issuesUsed;
        bar.update(packets, bytes);
        if (stop.signal.aborted) break;
      }
    }
  } catch (error) {
    failure = error;
  }
  bar.stop();
  if (sink) {
    // Whatever went wrong, what was written so far is made whole.
    const more = sink.write(encoder.tail());
    if (more) await more;
    await sink.close();
  }
  if (shown > WARNINGS_SHOWN) say(`pcapkit: ${shown - WARNINGS_SHOWN} more warnings`);
  if (failure !== undefined && !(stop.signal.aborted && failure === stop.signal.reason)) {
    throw failure;
  }
  void format;
  if (stop.signal.aborted) return 130;
  return args.has("strict") && (shown > 0 || issues > 0) ? 1 : 0;
}

/** The first `most` frames. */
async function* limited(
  frames: AsyncIterable<FrameBatch>,
  most: number | undefined,
): AsyncGenerator<FrameBatch> {
  let left = most ?? Infinity;
  for await (const batch of frames) {
    yield firstFrames(batch, left);
    left -= batch.count;
    if (left <= 0) return;
  }
}

function sizeOf(input: string): number {
  if (input === "-") return 0;
  try {
    const { isFile, size } = Deno.statSync(input);
    // A compressed file's size says little about how far its content is.
    return isFile && !/\.(gz|zst|lz4)$/.test(input) ? size : 0;
  } catch {
    return 0;
  }
}

/** Writes ` - Frame   1: Ethernet:IPv6:ICMPv6` for each packet. */
function showChains(batch: PacketBatch, kit: Kit): void {
  const { layers, firstLayer, frames } = batch;
  const { protocols } = kit.catalogue;
  let text = "";
  for (let i = 0; i < frames.count; i++) {
    let chain = "";
    for (let r = firstLayer[i]; r < firstLayer[i + 1]; r += LAYER) {
      const { label } = protocols[layers[r] & PROTOCOL_MASK];
      if (label !== "") chain += (chain && ":") + label;
    }
    text += `${text && "\n"} - Frame ${String(frames.firstNumber + i).padStart(3)}: ${
      chain || "Raw"
    }`;
  }
  if (text !== "") say(text);
}

/** One file per frame, as the ancestor names them, and one for the global header. */
async function frameFiles(
  directory: { readonly path: string; readonly extension: string },
  kit: Kit,
  job: Job,
): Promise<{ write(batch: PacketBatch): void }> {
  const { path, extension } = directory;
  const format = findFormat(kit, job.format!.name);
  const start = (header: boolean): Encoder | Promise<Encoder> =>
    format.start({
      catalogue: kit.catalogue,
      options: job.format!.options ?? {},
      ...(header && job.header ? { header: job.header } : {}),
    });
  try {
    Deno.mkdirSync(path, { recursive: true });
  } catch (error) {
    throw new UsageError(`Cannot write into "${path}": ${reason(error)}`);
  }
  const put = (name: string, parts: readonly Uint8Array[]): void => {
    using file = Deno.openSync(`${path}/${name}.${extension}`, {
      write: true,
      create: true,
      truncate: true,
    });
    for (const part of parts) {
      for (let at = 0; at < part.length;) at += file.writeSync(part.subarray(at));
    }
  };
  const whole = await start(true);
  put("Global Header", [whole.head(), whole.tail()]);
  const encoder = await start(format.binary ?? false);
  return {
    write(batch): void {
      for (let i = 0; i < batch.frames.count; i++) {
        const head = encoder.head();
        const one: PacketBatch = {
          ...batch,
          frames: oneFrame(batch.frames, i),
          firstLayer: batch.firstLayer.subarray(i, i + 2),
          issues: new Int32Array(0),
          issuesUsed: 0,
        };
        put(`Frame ${one.frames.firstNumber}`, [
          head.slice(),
          encoder.encode(one, true).slice(),
          encoder.tail(),
        ]);
      }
    },
  };
}

/** Opens a capture for commands that only count or copy frames. */
export async function openQuietly(
  input: string,
  signal: AbortSignal,
  onWarning: (code: string, text: string) => void,
): Promise<Capture> {
  return await openCapture(input, {
    reuse: true,
    signal,
    onWarning: (w) => onWarning(w.code, `"${input}" at byte ${w.offset}: ${w.reason} (${w.code})`),
  });
}
