/**
 * Doing a job to one batch: the same code on every thread.
 *
 * @module
 */
import type { FrameBatch } from "../core/batch.ts";
import type { Encoder, Engine, Format, Job, Result } from "../core/engine.ts";
import { type Kit, loadKit } from "../kit.ts";

/** A prepared job. */
export interface Work extends AsyncDisposable {
  /** The kit it uses. */
  readonly kit: Kit;
  /** The encoder, if the job names a format. */
  readonly encoder: Encoder | undefined;
  /** Does it to one batch. */
  run(frames: FrameBatch): Result | Promise<Result>;
}

/** Finds an engine by name, and says what to do if it cannot run here. */
export async function findEngine(kit: Kit, name: string): Promise<Engine> {
  const engine = kit.engines.get(name);
  if (!engine) {
    throw new RangeError(
      `Cannot start engine "${name}": current engines are ${
        [...new Set([...kit.engines.values()].map((e) => e.name))].join(", ")
      }`,
    );
  }
  const state = await engine.available?.();
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

/** Prepares a job: loads the kit (unless given), starts the engine, starts the format. */
export async function prepare(job: Job, given?: Kit): Promise<Work> {
  const kit = given ?? await loadKit(job.plugins, job.depth);
  const engine = await findEngine(kit, job.engine.name);
  const dissector = await engine.start({
    catalogue: kit.catalogue,
    options: job.engine.options ?? {},
    reuse: job.reuse ?? false,
  });
  const encoder = job.format && await findFormat(kit, job.format.name).start({
    catalogue: kit.catalogue,
    options: job.format.options ?? {},
    ...(job.header ? { header: job.header } : {}),
  });
  const finish = (
    frames: FrameBatch,
    packets: Awaited<ReturnType<typeof dissector.dissect>>,
  ): Result => {
    const { sequence, count, firstNumber, leads = firstNumber === 1 } = frames;
    return encoder
      ? { sequence, count, packets, output: encoder.encode(packets, leads) }
      : { sequence, count, packets };
  };
  return {
    kit,
    encoder,
    run(frames) {
      const packets = dissector.dissect(frames);
      return packets instanceof Promise
        ? packets.then((p) => finish(frames, p))
        : finish(frames, packets);
    },
    [Symbol.asyncDispose]: () => dissector[Symbol.asyncDispose](),
  };
}
