/**
 * What runs on another thread: prepares the job it is sent, then does it to one batch after another, as it reads them by
 * itself or as they stand on the board.
 *
 * @module
 */
import type { FrameBatch, InterfaceInfo } from "../core/batch.ts";
import type { Job, PacketBatch } from "../core/engine.ts";
import { frameMemory } from "../core/frame_memory.ts";
import { THREAD_TURN_MS } from "../core/limits.ts";
import { turn } from "../core/turn.ts";
import { loadKit } from "../kit.ts";
import { Board, type BufferRef, Buffers, type Outcome, type Stage } from "./_board.ts";
import { type Answer, type Order, packError, type Role } from "./_message.ts";
import { firstOf, packPackets, Unpacker, unpackPackets } from "./_pack.ts";
import { Idle, Reading, SharedFile } from "./_shared_file.ts";
import { prepare, type Work } from "./job.ts";

const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<Order>) => void) | null;
  postMessage(answer: Answer): void;
  close(): void;
};

const tell = (answer: Answer): void => scope.postMessage(answer);

const buffers = new Buffers(tell);
let unpacker = new Unpacker(true);
let interfaces: readonly InterfaceInfo[] = [];
let board: Board | undefined;
let work: Work | undefined;
/** Settles when this thread has nothing more to do. */
let doing: Promise<void> = Promise.resolve();

/** An engine that ends its thread would leave the run waiting for an answer. */
const close = scope.close.bind(scope);
scope.close = () => fail(new Error("Cannot go on: the worker was closed from within"));

function fail(error: unknown): void {
  tell({ kind: "failed", error: packError(error) });
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
      doing = start(data).catch(fail);
      break;
    case "interfaces":
      interfaces = data.interfaces;
      buffers.arrived();
      break;
    case "buffer":
      buffers.learn(data);
      break;
    case "stop":
      // It may be about to wait on the board, after it has looked there.
      board?.stop();
      doing.then(() => work?.[Symbol.asyncDispose]()).catch(fail).finally(() => {
        tell({ kind: "stopped" });
        close();
      });
  }
};

async function start(order: Extract<Order, { kind: "start" }>): Promise<void> {
  const { job, role, thread, shared } = order;
  board = new Board(order.board);
  const kit = await loadKit(job.plugins, job.depth);
  // Batches are copied to one place.
  work = await prepare({ ...job, reuse: true }, kit, role);
  const { encoder } = work;
  const memory = work.frameMemory ? await frameMemory() : undefined;
  unpacker = new Unpacker(true, memory);
  let file: SharedFile | undefined;
  if (shared) {
    const reading = new Reading(shared.memory);
    file = memory &&
      SharedFile.open(shared.path, shared.identity, job.header!, reading, memory);
    // Else this thread would have nothing to do.
    if (!file) await reading.leave();
  }
  tell({
    kind: "ready",
    own: work.catalogue !== kit.catalogue,
    ...(encoder ? { head: encoder.head().slice(), tail: encoder.tail().slice() } : {}),
  });
  await serve(board, work, job, role, thread, file);
}

/** Does batches until there are no more. */
async function serve(
  board: Board,
  work: Work,
  job: Job,
  role: Role,
  thread: number,
  file: SharedFile | undefined,
): Promise<void> {
  const stage: Stage = role === "encode" ? 1 : 0;
  const wanted = job.packets === true || !job.format;
  /** For each of this thread's buffers: the batch whose answer stands there. */
  const answers = new Float64Array(board.slots).fill(-1);
  let turned = Date.now();
  while (!board.stopped) {
    const read = file?.take(board);
    if (read === Idle.Over) {
      file![Symbol.dispose]();
      file = undefined;
      continue;
    }
    if (read === Idle.Full) await file!.room(board);
    if (read === Idle.Busy) await turn();
    if (typeof read === "number") continue;
    const n = read ? file!.number(read) : board.take(stage);
    if (n < 0) {
      await board.work(stage);
      continue;
    }
    const now = Date.now();
    if (Math.abs(now - turned) >= THREAD_TURN_MS) {
      turned = now;
      await turn();
    }
    // No more answers than there are slots wait to be used.
    let free = 0;
    while (!board.isUsed(answers[free])) free++;
    answers[free] = n;
    const bufferOf = (rows: boolean) => (bytes: number) =>
      buffers.own(board.answerId(thread, free, rows), bytes);
    const found = read ?? framesOf(board, n);
    const frames = found instanceof Promise ? await found : found;
    let packets: PacketBatch, rows: Outcome["rows"];
    if (role === "encode") {
      rows = board.rows(n);
      const unpacked = unpackPackets(rows.packed, await bufferAt(rows.ref), frames);
      await work.catalogue.load(unpacked.ready);
      packets = unpacked.packets;
    } else {
      const dissecting = work.dissect(frames);
      packets = dissecting instanceof Promise ? await dissecting : dissecting;
      if (wanted || role === "dissect") {
        const own = bufferOf(true);
        let ref: BufferRef;
        const packed = packPackets(packets, work.catalogue.ready, (bytes) => {
          const made = own(bytes);
          ref = made.ref;
          return made.buffer;
        });
        rows = { ref: ref!, packed };
      }
      if (role === "dissect") {
        board.handOver(n, rows!);
        continue;
      }
    }
    const bytes = work.encode(packets);
    let text: Outcome["text"];
    if (bytes) {
      // One copy: text that is written where it is shared costs more, wherever parts of it are repeated.
      const { buffer, ref } = bufferOf(false)(bytes.length);
      new Uint8Array(buffer).set(bytes);
      text = { ref, bytes: bytes.length };
    }
    board.finish(n, { damaged: packets.issuesUsed > 0, rows, text });
  }
}

/** The frames of a batch; what they need may still be on its way. */
function framesOf(board: Board, n: number): FrameBatch | Promise<FrameBatch> {
  const packed = board.frames(n), buffer = buffers.known(packed.ref);
  if (buffer === undefined || interfaces.length < packed.interfaces) {
    return buffers.news().then(() => framesOf(board, n));
  }
  return unpacker.frames(packed, buffer, firstOf(interfaces, packed.interfaces));
}

/** A buffer that may still be on its way. */
async function bufferAt(ref: BufferRef): Promise<SharedArrayBuffer> {
  for (;;) {
    const buffer = buffers.known(ref);
    if (buffer !== undefined) return buffer;
    await buffers.news();
  }
}
