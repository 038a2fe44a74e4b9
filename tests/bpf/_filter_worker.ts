/**
 * Filters a capture in a worker, with a program that is sent to it; and, started as a program, starts that worker with
 * what comes on standard input.
 *
 * @module
 */
import { FrameFilter } from "../../capture/bpf/filter.ts";
import type { FilterProgram } from "../../capture/libpcap/filter.ts";
import { openCapture } from "../../capture/mod.ts";

/** What the worker is sent. */
export interface Request {
  /** The filter. */
  readonly program: FilterProgram;
  /** The capture. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What it answers. */
export interface Reply {
  /** Packets that pass. */
  readonly count: number;
  /** What it may do by FFI. */
  readonly ffi: Deno.PermissionState;
  /** Whether code may be generated. */
  readonly generates: boolean;
}

function mayGenerate(): boolean {
  try {
    return new Function("return true")();
  } catch {
    return false;
  }
}

if ("WorkerGlobalScope" in globalThis) {
  const scope = self as unknown as {
    onmessage: ((event: MessageEvent<Request>) => Promise<void>) | null;
    postMessage(reply: Reply): void;
  };
  scope.onmessage = async ({ data: { program, bytes } }) => {
    const filter = new FrameFilter([program]);
    let count = 0;
    await using capture = await openCapture(bytes);
    for await (const batch of capture) count += filter.select(batch).count;
    const { state } = Deno.permissions.querySync({ name: "ffi" });
    scope.postMessage({ count, ffi: state, generates: mayGenerate() });
  };
} else if (import.meta.main) {
  const { program, bytes } = JSON.parse(await new Response(Deno.stdin.readable).text());
  const worker = new Worker(import.meta.url, { type: "module" });
  worker.onmessage = ({ data }: MessageEvent<Reply>) => {
    // deno-lint-ignore no-console
    console.log(JSON.stringify(data));
    worker.terminate();
  };
  const request: Request = {
    program: { ...program, instructions: Uint32Array.from(program.instructions) },
    bytes: Uint8Array.fromBase64(bytes),
  };
  worker.postMessage(request);
}
