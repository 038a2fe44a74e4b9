/**
 * A run of tshark: frames go in as a capture, packets come out. Writing and reading go on side by side, so that neither
 * waits for the other for ever, and what is under way is bounded.
 *
 * @module
 */
import {
  PCAP_HEADER_BYTES,
  PCAP_MAGIC_MICROSECONDS,
  PCAP_MAGIC_NANOSECONDS,
  PCAP_RECORD_BYTES,
} from "../../capture/pcap.ts";
import { type CaptureHeader, type FrameBatch, frameNumber, ownFrames } from "../../core/batch.ts";
import type { Dissector, EngineContext, PacketBatch } from "../../core/engine.ts";
import { EngineError } from "../../core/errors.ts";
import { TSHARK_FILTERED_BATCHES_AHEAD } from "../../core/limits.ts";
import { columnArguments, ColumnsOutput } from "./columns.ts";
import { Feed } from "./feed.ts";
import { Names, type TsharkCatalogue } from "./names.ts";
import {
  argumentsOf,
  colouringRules,
  filterArgument,
  type TsharkOptions,
  tsharkOptions,
} from "./options.ts";
import type { Output } from "./output.ts";
import { PdmlOutput } from "./pdml.ts";
import { NO_PROFILE, older, OLDEST, TsharkProcess } from "./process.ts";
import { Rows } from "./rows.ts";
import { fieldTypes } from "./types.ts";

/** Bytes that tshark (its C library) collects before it writes them to a pipe. */
const STDOUT_BYTES = 4096;

/** Bytes of a frame up to which nothing is odd about its length. */
const PLAIN_BYTES = 0xffff;

/** Starts a session. */
export async function startSession(context: EngineContext): Promise<Dissector> {
  const options = tsharkOptions(context.options);
  const program = options.tshark ?? "tshark";
  if (options.twoPass && !context.ahead) {
    throw new EngineError(
      "tshark",
      "two-pass dissection needs all of the input before it answers: use a file, and strategy inline or auto",
    );
  }
  checkKeyLog(options.keyLogFile);
  const { asks } = context;
  const types = asks?.plain ? undefined : await fieldTypes(program, "tshark");
  const names = new Names(context.catalogue, types);
  const session = new Session(context, options, program, names);
  try {
    await session.start();
  } catch (error) {
    await session[Symbol.asyncDispose]();
    throw error;
  }
  return session;
}

/** tshark says nothing of a file of secrets that is not there: it just does not decrypt. */
function checkKeyLog(path: string | undefined): void {
  if (path === undefined) return;
  try {
    Deno.statSync(path);
  } catch (error) {
    // Where Deno may not look, tshark may.
    if (!(error instanceof Deno.errors.NotFound)) return;
    throw new EngineError("tshark", `there is no file "${path}", which keyLogFile names`);
  }
}

/** A batch that was given and is not answered yet. */
interface Pending {
  readonly frames: FrameBatch;
  /** Frames given before it. */
  readonly before: number;
  readonly answer: PromiseWithResolvers<PacketBatch>;
}

class Session implements Dissector {
  readonly catalogue: TsharkCatalogue;
  readonly #context: EngineContext;
  readonly #options: TsharkOptions;
  readonly #program: string;
  readonly #names: Names;
  readonly #rows: Rows;
  readonly #lockstep: boolean;
  readonly #output: ColumnsOutput | PdmlOutput;
  readonly #pending: Pending[] = [];
  #given = 0;
  /** Buffers of batches that were answered, and those that may be used again. */
  readonly #answered: Uint8Array[] = [];
  readonly #spare: Uint8Array[] = [];
  #process: TsharkProcess | undefined;
  /** Where frames go; none if tshark reads the file by itself. */
  #feed: Feed | undefined;
  #ended = false;
  #writing: Promise<void> = Promise.resolve();
  #reading: Promise<void> | undefined;
  #failure: unknown;
  #disposed = false;
  /** A directory of our own: colouring rules, and the capture for two passes. */
  #directory: string | undefined;
  #spool: Deno.FsFile | undefined;
  /** Time of the packet that matched before the one at hand. */
  #displayed: readonly [seconds: number, nanoseconds: number] | undefined;
  #at: readonly [frames: FrameBatch, index: number] | undefined;

  constructor(context: EngineContext, options: TsharkOptions, program: string, names: Names) {
    this.#context = context;
    this.#options = options;
    this.#program = program;
    this.#names = names;
    this.#rows = new Rows(names);
    this.catalogue = names.catalogue;
    this.#lockstep = !context.ahead;
    const filtered = options.displayFilter !== undefined;
    if (context.asks) this.#output = new ColumnsOutput(names, context.asks.fields, filtered);
    else {
      this.#output = new PdmlOutput(names, filtered);
      this.#output.delta = () => this.#delta();
    }
  }

  /**
   * What tshark prints leaves it in pieces of a buffer: the end of a batch comes when enough was printed of those behind.
   */
  get ahead(): number {
    if (this.#lockstep) return 1;
    if (this.#options.twoPass) return Infinity;
    if (this.#options.displayFilter !== undefined) return TSHARK_FILTERED_BATCHES_AHEAD;
    const [head] = this.#pending;
    if (head === undefined) return 2;
    const behind = this.#given - head.before - head.frames.count;
    const least = this.#output.least;
    return behind * least > STDOUT_BYTES
      ? Math.max(2, this.#pending.length)
      : this.#pending.length + 1;
  }

  /** Starts what can be started before the first frame. */
  async start(): Promise<void> {
    const { displayFilter, twoPass } = this.#options;
    if (displayFilter !== undefined || twoPass) {
      this.#directory = await Deno.makeTempDir({ prefix: "pcapkit-tshark-" });
    }
    if (displayFilter !== undefined) {
      await Deno.writeTextFile(`${this.#directory}/colorfilters`, colouringRules(displayFilter));
    }
    let sink: { write(bytes: Uint8Array): Promise<void> };
    if (twoPass) {
      this.#spool = await Deno.open(`${this.#directory}/capture`, { create: true, write: true });
      const spool = this.#spool.writable.getWriter();
      sink = { write: (bytes) => spool.write(bytes) };
      this.#closeSpool = () => spool.close();
    } else {
      const { file, header } = this.#context;
      // With a filter or in lockstep, what is printed depends on what was fed.
      const alone = file !== undefined && displayFilter === undefined && !this.#lockstep;
      if (alone && header !== undefined && isPlain(file, header)) {
        this.#process = this.#spawn(file, false);
        return;
      }
      sink = this.#pipe();
    }
    this.#feed = new Feed(sink, this.#context.header);
  }

  /** Starts a tshark that is fed. */
  #pipe(): { write(bytes: Uint8Array): Promise<void> } {
    const process = this.#process = this.#spawn("-", true);
    return { write: (bytes) => process.write(bytes) };
  }

  /** Goes on with a tshark that is fed, where one could not read the file by itself: confinement may forbid it. */
  async #feedInstead(): Promise<void> {
    await this.#process![Symbol.asyncDispose]();
    this.#feed = new Feed(this.#pipe(), this.#context.header);
    for (const { frames } of this.#pending) {
      this.#writing = this.#writing.then(() => this.#write(frames));
    }
    if (this.#ended) this.end();
  }

  #closeSpool: (() => Promise<void>) | undefined;

  #spawn(input: string, fed: boolean): TsharkProcess {
    const { displayFilter, twoPass, profile } = this.#options;
    const { asks } = this.#context;
    const filtered = displayFilter !== undefined;
    const own = profile === undefined || profile === false;
    return new TsharkProcess({
      program: this.#program,
      fed,
      patient: !this.#lockstep,
      args: [
        ...twoPass ? ["-2"] : [],
        // Packet by packet, where an answer may not wait in a buffer for the packets behind. It costs a quarter more.
        ...this.#lockstep || filtered ? ["-l"] : [],
        "-r",
        input,
        ...filtered ? ["--color", "-Y", filterArgument(displayFilter, this.#lockstep)] : [],
        ...asks ? columnArguments(asks.fields, filtered) : ["-T", "pdml"],
        ...argumentsOf(this.#options),
      ],
      ...(this.#directory !== undefined && filtered
        ? { configuration: this.#directory }
        : own
        ? { configuration: NO_PROFILE }
        : {}),
    });
  }

  dissect(frames: FrameBatch): Promise<PacketBatch> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const { count } = frames;
    const kept = this.#context.reuse && !this.#lockstep
      ? ownFrames(frames, this.#spare.pop())
      : frames;
    const answer = Promise.withResolvers<PacketBatch>();
    this.#pending.push({ frames: kept, before: this.#given, answer });
    this.#given += count;
    if (this.#feed) this.#writing = this.#writing.then(() => this.#write(kept));
    if (this.#process) this.#reading ??= this.#read();
    return answer.promise;
  }

  async #write(frames: FrameBatch): Promise<void> {
    if (this.#failure !== undefined || this.#disposed) return;
    try {
      await this.#feed!.write(frames);
    } catch (error) {
      this.#fail(error);
    }
  }

  end(): void {
    this.#ended = true;
    if (this.#feed) this.#writing = this.#writing.then(() => this.#end());
  }

  async #end(): Promise<void> {
    try {
      if (this.#failure !== undefined || this.#disposed) return;
      await this.#feed!.begin();
      if (!this.#options.twoPass) return await this.#process!.endInput();
      await this.#closeSpool!();
      this.#spool = undefined;
      this.#process = this.#spawn(`${this.#directory}/capture`, false);
      this.#reading ??= this.#read();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Everything that waits fails. */
  #fail(error: unknown): void {
    this.#failure ??= error;
    for (const { answer } of this.#pending.splice(0)) answer.reject(this.#failure);
  }

  /** Reads as long as something is waited for. */
  async #read(): Promise<void> {
    try {
      while (this.#pending.length > 0) {
        const { frames, before, answer } = this.#pending[0];
        const packets = await this.#batch(frames, before);
        this.#pending.shift();
        answer.resolve(packets);
        if (this.#context.reuse && !this.#lockstep && packets.frames === frames) {
          // What was answered is looked at until the batch after the next.
          this.#answered.push(frames.bytes);
          if (this.#answered.length > 2) this.#spare.push(this.#answered.shift()!);
        }
      }
      this.#reading = undefined;
    } catch (error) {
      if (!this.#disposed) this.#fail(error);
    }
  }

  async #batch(frames: FrameBatch, before: number): Promise<PacketBatch> {
    const rows = this.#rows, output: Output = this.#output, last = before + frames.count;
    const filtered = this.#options.displayFilter !== undefined;
    rows.begin(frames);
    for (let expected = before + 1; expected <= last;) {
      let number = output.next();
      while (number === 0) {
        const chunk = await this.#process!.read();
        if (chunk === undefined) {
          if (!this.#feed && expected === 1 && output.empty && !this.#disposed) {
            await this.#feedInstead();
            continue;
          }
          const failure = await this.#process!.failure();
          if (failure) throw failure;
          if (!filtered || !output.empty && output instanceof ColumnsOutput) {
            throw await this.#process!.early(
              `packet ${frameNumber(frames, expected - 1 - before)}`,
            );
          }
          // Nothing that is left matches.
          return rows.end();
        }
        if (!output.feed(chunk)) {
          throw new EngineError("tshark", `what it says of packet ${expected} is too long`);
        }
        number = output.next();
      }
      if (number > last) break;
      if (number < expected) {
        throw new EngineError(
          "tshark",
          `its output cannot be read: packet ${number} after ${expected - 1}`,
        );
      }
      if (this.#output instanceof PdmlOutput) this.#checkVersion(this.#output);
      const missing = output.missing();
      if (missing.length > 0) {
        await this.catalogue.load(missing);
        output.missing();
      }
      const index = number - before - 1;
      this.#at = [frames, index];
      rows.packet(index);
      if (output.take(rows, frameNumber(frames, index))) {
        rows.endPacket();
        this.#displayed = [frames.seconds[index], frames.nanoseconds[index]];
      } else rows.dropPacket();
      expected = number + 1;
    }
    return rows.end();
  }

  /** Time from the packet that matched before to the one at hand; tshark itself counts signs of life as displayed. */
  #delta(): readonly [seconds: number, nanoseconds: number] | undefined {
    const [frames, index] = this.#at!;
    const before = this.#displayed ?? [frames.seconds[index], frames.nanoseconds[index]];
    let seconds = frames.seconds[index] - before[0];
    let nanoseconds = frames.nanoseconds[index] - before[1];
    if (nanoseconds < 0) {
      nanoseconds += 1e9;
      seconds--;
    }
    return Number.isNaN(seconds) ? undefined : [seconds, nanoseconds];
  }

  #checked = false;
  #checkVersion(output: PdmlOutput): void {
    if (this.#checked) return;
    this.#checked = true;
    const { version } = output;
    if (version !== undefined && version.length > 0 && older(version)) {
      throw new EngineError(
        "tshark",
        `it is version ${version.join(".")}, and pcapkit needs ${OLDEST.join(".")} or later`,
      );
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#fail(new EngineError("tshark", "it was ended"));
    await this.#process?.[Symbol.asyncDispose]();
    await this.#writing;
    await this.#reading;
    if (this.#spool) await this.#closeSpool!().catch(() => {});
    if (this.#directory !== undefined) {
      await Deno.remove(this.#directory, { recursive: true }).catch(() => {});
    }
  }
}

/** Frames at the beginning of a file that are looked at. */
const LOOKED_AT = 4;

/**
 * Whether a file begins as plain pcap does, with frames that leave no doubt. tshark takes files with odd ones for other
 * formats of the same magic number, which it cannot do with what it is fed.
 */
function isPlain(path: string, header: CaptureHeader): boolean {
  const { magic, littleEndian, version: [major, minor] } = header;
  const units = header.precision === "nanoseconds" ? 1e9 : 1e6;
  const known = magic === PCAP_MAGIC_MICROSECONDS || magic === PCAP_MAGIC_NANOSECONDS;
  if (!known || major !== 2 || minor !== 4) return false;
  try {
    using file = Deno.openSync(path);
    const record = new Uint8Array(PCAP_RECORD_BYTES), view = new DataView(record.buffer);
    for (let i = 0, at = PCAP_HEADER_BYTES; i < LOOKED_AT; i++) {
      file.seekSync(at, Deno.SeekMode.Start);
      const got = file.readSync(record);
      if (got === null) return true;
      const captured = view.getUint32(8, littleEndian), wire = view.getUint32(12, littleEndian);
      if (
        got < record.length || view.getUint32(4, littleEndian) >= units || captured > wire ||
        captured === 0 || wire > PLAIN_BYTES
      ) return false;
      at += record.length + captured;
    }
    return true;
  } catch {
    return false;
  }
}
