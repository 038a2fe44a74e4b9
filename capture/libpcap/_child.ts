/**
 * Capturing by `dumpcap` or `tcpdump` as a child process: the way where they have the right to capture and this process
 * has not, or where FFI is not allowed. The framers that read files cut what it writes.
 *
 * @module
 */
import type { CaptureHeader, FrameBatch, InterfaceInfo } from "../../core/batch.ts";
import { CaptureFormatError } from "../../core/errors.ts";
import type { FramingOptions } from "../../core/source.ts";
import type { BufferedFraming } from "../framing.ts";
import { openPcap } from "../pcap.ts";
import { openPcapng } from "../pcapng.ts";
import { streamSource } from "../source.ts";
import { LibpcapError, STATUS } from "./errors.ts";
import { makeError } from "./handle.ts";
import {
  addUp,
  type Backend,
  type DeviceOptions,
  type DeviceStats,
  type LiveOptions,
  type LiveStats,
  type NamedDevice,
  type Running,
  systemName,
} from "./_options.ts";

type Tool = Exclude<Backend, "libpcap">;

/** Bytes of a child's messages kept: the last ones, where it says why it ends and what it counted. */
const MESSAGE_BYTES = 64 * 1024;

/** Names that the tools' option -y takes (pcap-linktype(7)), for the link types that devices give a choice of. */
const LINKTYPE_NAMES: Readonly<Record<number, string>> = {
  1: "EN10MB",
  12: "RAW",
  101: "RAW",
  105: "IEEE802_11",
  113: "LINUX_SLL",
  119: "PRISM_HEADER",
  127: "IEEE802_11_RADIO",
  143: "DOCSIS",
  163: "IEEE802_11_RADIO_AVS",
  192: "PPI",
  276: "LINUX_SLL2",
};

/** Options a tool has no flag for. */
const LACKING: Readonly<Record<Tool, readonly (keyof DeviceOptions)[]>> = {
  dumpcap: ["direction", "immediate", "etherType", "fanout", "netmask", "timeoutMs", "precision"],
  tcpdump: ["etherType", "fanout", "netmask", "timeoutMs"],
};

/** The arguments for a tool. */
export function childArguments(
  tool: Tool,
  devices: readonly NamedDevice[],
  options: LiveOptions,
): string[] {
  if (tool === "tcpdump" && devices.length > 1) {
    throw new TypeError("Cannot capture through tcpdump on several devices: dumpcap can");
  }
  const args = tool === "dumpcap" ? ["-q", "-w", "-"] : ["-n", "-U", "-w", "-"];
  for (const device of devices) {
    const d = { ...options, ...device };
    for (const key of LACKING[tool]) {
      if (d[key] !== undefined) {
        throw new TypeError(`Cannot capture through ${tool} with option "${key}": it has none`);
      }
    }
    args.push("-i", device.name);
    if (d.snapLength !== undefined) args.push("-s", String(d.snapLength));
    if (d.promiscuous !== true) args.push("-p");
    if (d.monitor === true) args.push("-I");
    if (d.bufferSize !== undefined) {
      // dumpcap counts in MiB, tcpdump in KiB.
      const unit = tool === "dumpcap" ? 1024 * 1024 : 1024;
      args.push("-B", String(Math.max(1, Math.ceil(d.bufferSize / unit))));
    }
    if (d.linkType !== undefined) {
      const name = LINKTYPE_NAMES[d.linkType];
      if (name === undefined) {
        throw new TypeError(`Cannot capture through ${tool} with link type ${d.linkType}`);
      }
      args.push("-y", name);
    }
    if (d.timestampType !== undefined) {
      args.push(tool === "dumpcap" ? "--time-stamp-type" : "-j", d.timestampType);
    }
    if (tool === "dumpcap") {
      if (d.filter !== undefined && d.filter !== "") args.push("-f", d.filter);
    } else {
      args.push(`--time-stamp-precision=${d.precision === "microseconds" ? "micro" : "nano"}`);
      if (d.immediate === true) args.push("--immediate-mode");
      if (d.direction !== undefined) args.push("-Q", d.direction);
      if (d.filter !== undefined && d.filter !== "") args.push("--", d.filter);
    }
  }
  return args;
}

/** Starts to capture through a child. */
export async function startChild(
  devices: readonly NamedDevice[],
  options: LiveOptions,
  framing: FramingOptions,
): Promise<Running> {
  const tool = options.through as Tool;
  if (tool !== "dumpcap" && tool !== "tcpdump") {
    throw new RangeError(
      `Cannot capture through "${tool}": there are libpcap, dumpcap and tcpdump`,
    );
  }
  const child = spawn(tool, childArguments(tool, devices, options));
  const messages = lastText(child.stderr);
  const source = streamSource(child.stdout, devices.map((d) => d.name).join(", "));
  // dumpcap says in pcapng which interface is which; tcpdump writes pcap only.
  const open = tool === "dumpcap" ? openPcapng : openPcap;
  let cut: BufferedFraming;
  try {
    cut = await open(source, { ...framing, live: true });
  } catch (error) {
    await source[Symbol.asyncDispose]();
    kill(child, "SIGTERM");
    await child.status;
    throw childError(tool, devices, await messages, error);
  }
  const named = devices.map((device) => ({ ...options, ...device }));
  return new ChildFraming(tool, named, child, messages, cut);
}

function spawn(tool: Tool, args: string[]): Deno.ChildProcess {
  try {
    return new Deno.Command(tool, { args, stdin: "null", stdout: "piped", stderr: "piped" })
      .spawn();
  } catch (error) {
    const advice = error instanceof Deno.errors.NotCapable
      ? `allow it with --allow-run=${tool}`
      : error instanceof Deno.errors.NotFound
      ? `install it (Debian: apt install ${tool === "dumpcap" ? "wireshark-common" : tool})`
      : error instanceof Error
      ? error.message
      : String(error);
    throw new LibpcapError("spawn", STATUS.ERROR, advice, {
      what: `Cannot run ${tool}`,
      cause: error,
    });
  }
}

function kill(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch {
    // It ended by itself.
  }
}

/** Reads a stream to its end and answers its last part as text. */
async function lastText(stream: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    text = (text + decoder.decode(chunk, { stream: true })).slice(-MESSAGE_BYTES);
  }
  return text;
}

/** What a child that failed said, as the error it means. */
function childError(
  tool: Tool,
  devices: readonly NamedDevice[],
  messages: string,
  cause: unknown,
): Error {
  const lines = messages.split("\n").map((line) => line.replace(/^(tcpdump|dumpcap): /, "").trim())
    .filter((line) => line !== "" && !/^(Capturing on|File:|listening on|Packets? )/.test(line));
  const reason = lines.join(" ") || `${tool} ended without a word`;
  const name = devices.map((d) => d.name).join(", ");
  const code = /permission|not permitted|are you root/i.test(reason)
    ? STATUS.ERROR_PERM_DENIED
    : /no such device|doesn't exist|does not exist/i.test(reason)
    ? STATUS.ERROR_NO_SUCH_DEVICE
    : STATUS.ERROR;
  const error = makeError("pcap_activate", code, reason, name);
  error.cause = cause;
  return error;
}

class ChildFraming implements Running {
  readonly header: CaptureHeader;
  readonly #tool: Tool;
  readonly #devices: readonly NamedDevice[];
  readonly #child: Deno.ChildProcess;
  readonly #messages: Promise<string>;
  readonly #framing: BufferedFraming;
  #interfaces: readonly InterfaceInfo[] = [];
  #captured: number[];
  #stopping = false;
  #final: readonly DeviceStats[] | undefined;
  #closed: Promise<void> | undefined;

  constructor(
    tool: Tool,
    devices: readonly NamedDevice[],
    child: Deno.ChildProcess,
    messages: Promise<string>,
    framing: BufferedFraming,
  ) {
    this.#tool = tool;
    this.#devices = devices;
    this.#child = child;
    this.#messages = messages;
    this.#framing = framing;
    this.#captured = devices.map(() => 0);
    this.header = framing.header;
  }

  get interfaces(): readonly InterfaceInfo[] {
    return this.#interfaces;
  }

  async next(): Promise<FrameBatch | undefined> {
    let batch: FrameBatch | undefined;
    try {
      batch = await this.#framing.next();
    } catch (error) {
      // Stopped in the middle of a record: what was captured until then is there.
      if (!(this.#stopping && error instanceof CaptureFormatError)) throw error;
    }
    if (batch === undefined) {
      const { code, signal } = await this.#child.status;
      const messages = await this.#messages;
      this.#final ??= this.#read(messages);
      if (!this.#stopping && code !== 0 && signal === null) {
        throw childError(this.#tool, this.#devices, messages, undefined);
      }
      return undefined;
    }
    const { count, interfaceIds } = batch;
    if (this.#devices.length === 1) this.#captured[0] += count;
    else for (let i = 0; i < count; i++) this.#captured[interfaceIds[i]]++;
    if (this.#tool === "dumpcap") {
      this.#interfaces = batch.interfaces;
      return batch;
    }
    // A pcap file does not say where its packets are from.
    if (this.#interfaces.length === 0) this.#interfaces = [this.#describe(batch.interfaces[0])];
    return { ...batch, interfaces: this.#interfaces };
  }

  #describe(info: InterfaceInfo): InterfaceInfo {
    const { name, filter } = this.#devices[0];
    return {
      ...info,
      name,
      ...(filter === undefined || filter === "" ? {} : { filter }),
      os: systemName(),
    };
  }

  release(batch: FrameBatch): void {
    this.#framing.release(batch);
  }

  requestStop(): void {
    this.#stopping = true;
    kill(this.#child, "SIGINT");
  }

  stats(): LiveStats {
    return addUp(this.#final ?? this.#own());
  }

  #own(): DeviceStats[] {
    return this.#devices.map(({ name }, i) => ({
      name,
      received: this.#captured[i],
      dropped: 0,
      interfaceDropped: 0,
      captured: this.#captured[i],
    }));
  }

  /** The counters a child printed at its end. */
  #read(messages: string): DeviceStats[] {
    const own = this.#own();
    if (this.#tool === "tcpdump") {
      const number = (what: RegExp): number => Number(what.exec(messages)?.[1] ?? 0);
      return [{
        ...own[0],
        received: number(/(\d+) packets? received by filter/),
        dropped: number(/(\d+) packets? dropped by kernel/),
        interfaceDropped: number(/(\d+) packets? dropped by interface/),
      }];
    }
    const lines = messages.matchAll(
      /interface '(.*?)': (\d+)\/(\d+) \(pcap:\d+\/dumpcap:\d+\/flushed:\d+\/ps_ifdrop:(\d+)/g,
    );
    const found = [...lines];
    return own.map((device) => {
      const line = found.find(([, name]) => name === device.name);
      if (line === undefined) return device;
      const [received, dropped, interfaceDropped] = line.slice(2).map(Number);
      return { ...device, received, dropped, interfaceDropped };
    });
  }

  setFilter(): void {
    throw new TypeError(
      `Cannot set the filter: ${this.#tool} captures, and takes none while it runs`,
    );
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#closed ??= this.#close();
  }

  async #close(): Promise<void> {
    this.#stopping = true;
    kill(this.#child, "SIGINT");
    await this.#framing[Symbol.asyncDispose]();
    await this.#child.status;
    this.#final ??= this.#read(await this.#messages);
  }
}
