/**
 * What runs on another thread: prepares the job it is sent, then does it to one batch after another, in the order they
 * come.
 *
 * @module
 */
import type { InterfaceInfo } from "../core/batch.ts";
import type { Job, PacketBatch } from "../core/engine.ts";
import { loadKit } from "../kit.ts";
import { type Answer, type Handover, type Order, packError } from "./_message.ts";
import {
  bufferOf,
  type PackedFrames,
  type PackedPackets,
  packPackets,
  unpackFrames,
  unpackPackets,
} from "./_pack.ts";
import { prepare, type Work } from "./job.ts";

const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<Order>) => void) | null;
  postMessage(answer: Answer): void;
  close(): void;
};

const tell = (answer: Answer): void => scope.postMessage(answer);

let work: Work | undefined;
let job: Job;
let other: MessagePort | undefined;
let interfaces: readonly InterfaceInfo[] = [];
/** Rows to write into again. */
const spares: SharedArrayBuffer[] = [];
/** The longest encoding so far: what new buffers have room for. */
let outputBytes = 0;
/** Messages are handled one after another, although handling may wait. */
let queue: Promise<void> = Promise.resolve();
/** Whether what still waits is not wanted any more. */
let stopping = false;

/** An engine that ends its thread would leave the run waiting for an answer. */
const close = scope.close.bind(scope);
scope.close = () => fail(new Error("Cannot go on: the worker was closed from within"));

function fail(error: unknown): void {
  tell({ kind: "failed", error: packError(error) });
}

function then(act: () => Promise<void> | void): void {
  queue = queue.then(() => stopping ? undefined : act()).catch(fail);
}

// What an engine throws where nobody awaits it ends the run too.
addEventListener("error", (event) => {
  event.preventDefault();
  fail(event.error);
});
addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  fail(event.reason);
});

scope.onmessage = ({ data }) => {
  switch (data.kind) {
    case "start":
      then(async () => {
        job = data.job;
        const kit = await loadKit(job.plugins, job.depth);
        work = await prepare(job, kit, data.role);
        const { encoder } = work;
        tell({
          kind: "ready",
          own: work.catalogue !== kit.catalogue,
          ...(encoder ? { head: encoder.head().slice(), tail: encoder.tail().slice() } : {}),
        });
      });
      break;
    case "join":
      other = data.port;
      other.onmessage = (event: MessageEvent<Handover>) => {
        const handed = event.data;
        if (handed.kind === "spare") spares.push(handed.buffer);
        else then(() => encode(handed.frames, handed.packets, handed.output));
      };
      break;
    case "frames":
      then(() => frames(data.frames, data.output));
      break;
    case "stop":
      stopping = true;
      queue.then(async () => {
        other?.close();
        await work?.[Symbol.asyncDispose]();
      }).catch(fail).finally(() => {
        tell({ kind: "stopped" });
        close();
      });
  }
};

async function frames(packed: PackedFrames, output: SharedArrayBuffer | undefined): Promise<void> {
  const batch = unpackFrames(packed, interfaces);
  interfaces = batch.interfaces;
  const doing = work!.dissect(batch);
  const packets = doing instanceof Promise ? await doing : doing;
  if (other) {
    const rows = packPackets(packets, work!.catalogue.ready.slice(), spares.pop());
    const handed: Handover = {
      kind: "packets",
      frames: packed,
      packets: rows,
      ...(output ? { output } : {}),
    };
    other.postMessage(handed);
    return;
  }
  const rows = job.packets || !job.format
    ? packPackets(packets, work!.catalogue.ready.slice(), undefined)
    : undefined;
  answer(packets, packed, rows, output);
}

async function encode(
  packed: PackedFrames,
  rows: PackedPackets,
  output: SharedArrayBuffer | undefined,
): Promise<void> {
  await work!.catalogue.load(rows.ready);
  const batch = unpackFrames(packed, interfaces);
  interfaces = batch.interfaces;
  answer(unpackPackets(rows, batch), packed, job.packets ? rows : undefined, output);
  if (!job.packets) {
    const spare: Handover = { kind: "spare", buffer: rows.buffer as SharedArrayBuffer };
    other!.postMessage(spare);
  }
}

/** Encodes, and answers the main thread. */
function answer(
  packets: PacketBatch,
  frames: PackedFrames,
  rows: PackedPackets | undefined,
  spare: SharedArrayBuffer | undefined,
): void {
  const damaged = packets.issuesUsed > 0;
  const room = work!.encoder && (spare ?? bufferOf(outputBytes, undefined));
  const bytes = work!.encode(packets, room);
  let output: { buffer: SharedArrayBuffer; length: number } | undefined;
  if (bytes) {
    let buffer = room!;
    if (bytes.buffer !== room || bytes.byteOffset !== 0) {
      // It did not fit, or the encoder writes where it likes.
      buffer = bufferOf(bytes.length, room);
      new Uint8Array(buffer).set(bytes);
    }
    outputBytes = Math.max(outputBytes, bytes.length);
    output = { buffer, length: bytes.length };
  }
  tell({
    kind: "done",
    frames,
    damaged,
    ...(rows ? { packets: rows } : {}),
    ...(output ? { output } : {}),
  });
}
