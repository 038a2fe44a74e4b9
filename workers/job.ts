/**
 * Doing a job to one batch: the same code on every thread.
 *
 * @module
 */
import type { FrameBatch } from "../core/batch.ts";
import type { Catalogue } from "../core/catalogue.ts";
import type { Dissector, Encoder, Engine, Format, Job, PacketBatch } from "../core/engine.ts";
import type { Kit } from "../kit.ts";

/** Finds an engine by name, and says what to do if it cannot run here. */
export async function findEngine(
  kit: Kit,
  name: string,
  options?: Readonly<Record<string, unknown>>,
): Promise<Engine> {
  const engine = kit.engines.get(name);
  if (!engine) {
    throw new RangeError(
      `Cannot start engine "${name}": current engines are ${
        [...new Set([...kit.engines.values()].map((e) => e.name))].join(", ")
      }`,
    );
  }
  const state = await engine.available?.(options);
  if (state && !state.available) {
    throw new Error(`Cannot start engine "${name}": ${state.reason ?? "it is not available here"}`);
  }
  return engine;
}

/** Finds a format by name. */
export function findFormat(kit: Kit, name: string): Format {
  const format = kit.formats.get(name);
  if (!format) {
    throw new RangeError(
      `Cannot write format "${name}": current formats are ${
        [...new Set([...kit.formats.values()].map((f) => f.name))].join(", ")
      }`,
    );
  }
  return format;
}

/** A prepared job, or the half of one: dissecting, encoding, or both. */
export class Work implements AsyncDisposable {
  /** The protocols that rows and items are numbered by: the engine's own, or the kit's. */
  readonly catalogue: Catalogue;
  /** The encoder, if the job names a format and encoding is asked for. */
  readonly encoder: Encoder | undefined;
  /** See {@link Engine.frameMemory}. */
  readonly frameMemory: boolean;
  readonly #dissector: Dissector | undefined;

  /** Made by {@link prepare}. */
  constructor(
    catalogue: Catalogue,
    dissector: Dissector | undefined,
    encoder: Encoder | undefined,
    frameMemory = false,
  ) {
    this.frameMemory = frameMemory;
    this.catalogue = catalogue;
    this.encoder = encoder;
    this.#dissector = dissector;
  }

  /** How many batches the engine may now need before it answers the first that waits. */
  get ahead(): number {
    return this.#dissector?.ahead ?? 1;
  }

  /** Tells the engine that no batch follows. */
  end(): void {
    this.#dissector?.end?.();
  }

  /** Finds what is in a batch of frames. */
  dissect(frames: FrameBatch): PacketBatch | Promise<PacketBatch> {
    return this.#dissector!.dissect(frames);
  }

  /** The bytes of a batch's packets, valid until the next call, in `room` if possible; `undefined` if the job names no format. */
  encode(packets: PacketBatch, room?: ArrayBuffer): Uint8Array | undefined {
    const { firstNumber, leads = firstNumber === 1 } = packets.frames;
    return this.encoder?.encode(packets, leads, room);
  }

  /** Ends the engine. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#dissector?.[Symbol.asyncDispose]();
  }
}

/**
 * Prepares a job: starts the engine, starts the format. `part`: the half of it that is wanted.
 * `ahead`: batches are given before those before are answered, and the end is told.
 */
export async function prepare(
  job: Job,
  kit: Kit,
  part: "both" | "dissect" | "encode" = "both",
  ahead = false,
): Promise<Work> {
  const engine = part === "encode"
    ? undefined
    : await findEngine(kit, job.engine.name, job.engine.options);
  const format = part === "dissect" || !job.format ? undefined : findFormat(kit, job.format.name);
  const asks = job.format && !job.packets
    ? findFormat(kit, job.format.name).asks?.(job.format.options ?? {})
    : undefined;
  const dissector = await engine?.start({
    catalogue: kit.catalogue,
    options: job.engine.options ?? {},
    reuse: job.reuse ?? false,
    ahead: ahead && !job.live,
    ...(asks ? { asks } : {}),
    ...(job.header ? { header: job.header } : {}),
    ...(job.file === undefined ? {} : { file: job.file }),
  });
  const catalogue = dissector?.catalogue ?? kit.catalogue;
  try {
    const encoder = await format?.start({
      catalogue,
      options: job.format?.options ?? {},
      ...(job.header ? { header: job.header } : {}),
    });
    return new Work(catalogue, dissector, encoder, engine?.frameMemory);
  } catch (error) {
    await dissector?.[Symbol.asyncDispose]();
    throw error;
  }
}
