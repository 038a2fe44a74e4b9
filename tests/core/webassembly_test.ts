import { assert, assertEquals, assertThrows } from "@std/assert";
import { compileModule, withWebAssembly } from "../../core/webassembly.ts";
import { flowCounter, PlainCounter } from "../../engines/dpkt/counter.ts";

Deno.test("what needs WebAssembly is done without where that cannot be had; other faults are not hidden", () => {
  const throwing = (error: Error) => () => {
    throw error;
  };
  assertEquals(withWebAssembly(() => 5), 5);
  for (
    const error of [
      new RangeError("no room"),
      new ReferenceError("WebAssembly is not defined"),
      new WebAssembly.CompileError("forbidden"),
    ]
  ) assertEquals(withWebAssembly(throwing(error)), undefined);
  assertThrows(() => withWebAssembly(throwing(new TypeError("fault"))), TypeError, "fault");
});

Deno.test("flows are counted without WebAssembly where it may not be compiled, or base 64 not be read", async () => {
  assert(!(await flowCounter() instanceof PlainCounter));
  const { Module } = WebAssembly, { fromBase64 } = Uint8Array;
  try {
    WebAssembly.Module = function (): never {
      throw new WebAssembly.CompileError("forbidden");
    } as unknown as typeof Module;
    assert(await flowCounter() instanceof PlainCounter);
    WebAssembly.Module = Module;
    delete (Uint8Array as { fromBase64?: unknown }).fromBase64;
    assert(await flowCounter() instanceof PlainCounter);
    assertThrows(() => compileModule("AGFzbQEAAAA="), ReferenceError);
  } finally {
    WebAssembly.Module = Module;
    Object.defineProperty(Uint8Array, "fromBase64", {
      value: fromBase64,
      writable: true,
      configurable: true,
    });
  }
  assert(compileModule("AGFzbQEAAAA=") instanceof Module);
});
