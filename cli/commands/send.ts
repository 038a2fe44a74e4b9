/**
 * Sending the packets of a capture file on a device.
 *
 * @module
 */
import { findInput } from "../../capture/file_source.ts";
import {
  type FrameSupply,
  Injector,
  type Pace,
  type ReplayStats,
  type SendStats,
} from "../../capture/libpcap/mod.ts";
import type { FrameBatch } from "../../core/batch.ts";
import { REPLAY_KEEP_BYTES } from "../../core/limits.ts";
import { type Args, UsageError } from "../flags.ts";
import { interruption, say, sizeOf, StatusLine, WarningPrinter } from "../io.ts";
import { openQuietly, selectionOf } from "../reading.ts";

/** Flags that only a file heeds. */
const OF_FILES = ["bpf", "range", "since", "until", "framer", "follow", "plugin"];

/** Sends. Exit code 1 if packets could not be sent. */
export async function sendCommand(args: Args): Promise<number> {
  const device = args.one("interface");
  if (device === undefined) throw new UsageError("--interface NAME is missing (see `devices`)");
  const pace = paceOf(args), loop = args.number("loop") ?? 1;
  const hex = args.all("hex").map(frameOf), count = args.number("count");
  if (count === 0) throw new UsageError("--count must be more than 0");
  if ((args.operands.length === 0) === (hex.length === 0)) {
    throw new UsageError("give a FILE, or frames by --hex");
  }
  if (args.operands[0] === "-" && loop !== 1) {
    throw new UsageError("standard input can be sent but once: --loop needs a file");
  }
  if (hex.length > 0) args.refuse(OF_FILES, "is for a FILE, and --hex gives frames");
  if (pace !== "recorded" && !(typeof pace === "object" && "speed" in pace)) {
    args.refuse(["max-gap"], "is for the capture's own pace, or a multiple of it");
  }
  const gap = args.one("max-gap");
  using stop = interruption();
  const warnings = new WarningPrinter();
  const library = args.one("library");
  using injector = Injector.open(device, library === undefined ? {} : { library });
  const supply = hex.length > 0 ? hex : await supplyOf(args, loop, stop.signal, warnings);
  const quiet = args.has("quiet"), begun = performance.now();
  let last = 0;
  using display = new StatusLine(!args.has("no-progress") && !quiet, (elapsedMs) => {
    const { sent, failed } = injector.stats();
    const rate = Math.round((sent - last) * 1000 / elapsedMs);
    last = sent;
    return `${sent} packets sent, ${rate}/s${failed > 0 ? `, ${failed} failed` : ""}`;
  });
  let done: ReplayStats | undefined;
  try {
    done = await injector.replay(supply, {
      pace,
      loops: loop === 0 ? Infinity : loop,
      signal: stop.signal,
      ...(count === undefined ? {} : { count }),
      ...(gap === undefined ? {} : { maxGapMs: 1000 * numberOf("max-gap", gap) }),
    });
  } catch (error) {
    if (!(stop.signal.aborted && error === stop.signal.reason)) throw error;
  } finally {
    display[Symbol.dispose]();
    warnings.end();
    const stats = done ?? injector.stats();
    if (!quiet && (done !== undefined || stats.sent + stats.failed > 0)) {
      summary(device, stats, done?.elapsedMs ?? performance.now() - begun);
    }
  }
  if (stop.signal.aborted) return 130;
  return injector.stats().failed > 0 ? 1 : 0;
}

/** What is sent: the file, opened anew for each pass, or kept in memory if it is small and sent more than once. */
async function supplyOf(
  args: Args,
  loop: number,
  signal: AbortSignal,
  warnings: WarningPrinter,
): Promise<FrameSupply | (() => Promise<FrameSupply>)> {
  const input = findInput(args.operands[0]);
  const select = selectionOf(args);
  const size = sizeOf(input), follow = args.has("follow");
  const keep = loop !== 1 && !follow && size > 0 && size <= REPLAY_KEEP_BYTES;
  const open = () =>
    openQuietly(args, input, signal, warnings, {
      reuse: !keep,
      ...(follow ? { follow } : {}),
      ...(select === undefined ? {} : { select }),
    });
  if (!keep) return open;
  const kept: FrameBatch[] = [];
  await using capture = await open();
  for await (const batch of capture) kept.push(batch);
  return kept;
}

function paceOf(args: Args): Pace {
  const given = ["speed", "pps", "bps"].filter((flag) => args.one(flag) !== undefined);
  if (args.has("fast")) given.push("fast");
  if (given.length > 1) {
    throw new UsageError(`${given.map((flag) => `--${flag}`).join(" and ")}: give one pace`);
  }
  const [flag] = given;
  if (flag === undefined) return "recorded";
  if (flag === "fast") return "fast";
  const value = numberOf(flag, args.one(flag)!);
  if (value === 0) throw new UsageError(`--${flag} must be more than 0`);
  if (flag === "speed") return { speed: value };
  return flag === "pps" ? { packetsPerSecond: value } : { bitsPerSecond: value };
}

/** A number with a decimal multiple: `10`, `2.5k`, `1G`. */
function numberOf(flag: string, text: string): number {
  const [, digits, multiple] = /^(\d+(?:\.\d+)?)([kMG]?)$/.exec(text) ?? [];
  if (digits === undefined) {
    throw new UsageError(`--${flag} is a number such as 10, 2.5k or 1M, not "${text}"`);
  }
  return Number(digits) * { "": 1, k: 1e3, M: 1e6, G: 1e9 }[multiple]!;
}

/** A frame in hexadecimal; blanks and colons between bytes are passed over. */
function frameOf(text: string): Uint8Array {
  const digits = text.replace(/[\s:]/g, "");
  if (!/^([0-9a-f]{2})+$/i.test(digits)) {
    throw new UsageError(`--hex is a frame in hexadecimal, not "${text}"`);
  }
  return Uint8Array.fromHex(digits);
}

/** Says on standard error what was sent. */
function summary(device: string, stats: SendStats, elapsedMs: number): void {
  const packets = (n: number): string => `${n} packet${n === 1 ? "" : "s"}`;
  const { sent, bytes, failed, cut, firstFailure } = stats;
  const seconds = elapsedMs / 1000;
  // Of less than a few packets there is no rate.
  const rate = sent < 2 || seconds === 0
    ? ""
    : `: ${Math.round(sent / seconds)} packets/s, ${(bytes * 8 / seconds / 1e6).toFixed(3)} Mbit/s`;
  say(`${packets(sent)} (${bytes} bytes) sent on ${device} in ${seconds.toFixed(3)} s${rate}`);
  if (cut > 0) say(`${packets(cut)} had been cut when captured, and sent as short`, "warning");
  if (failed > 0) {
    say(`${packets(failed)} could not be sent, the first in pass ${firstFailure!.loop}:`, "error");
    say(firstFailure!.error.message, "error");
  }
}
