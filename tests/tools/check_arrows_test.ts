import { assertEquals } from "@std/assert";
import { checkArrows, checkSource, RULES } from "../../_tools/check_arrows.ts";

Deno.test("arrows that follow the table pass", () => {
  assertEquals(
    checkArrows([
      { from: "core/items.ts", to: "core/limits.ts" },
      { from: "protocols/tcp.ts", to: "core/field.ts" },
      { from: "protocols/tcp.ts", to: "protocols/_transport.ts" },
      { from: "cli.ts", to: "cli/main.ts" },
      { from: "cli/main.ts", to: "jsr:@std/cli@^1.0.0" },
      { from: "tests/fuzz_test.ts", to: "_tools/fuzz.ts" },
      { from: "_tools/fuzz.ts", to: "protocols/mod.ts" },
    ]),
    [],
  );
});

Deno.test("arrows against the table are reported with file, import and rule", () => {
  const faults = checkArrows([
    { from: "core/items.ts", to: "protocols/tcp.ts" },
    { from: "engines/builtin.ts", to: "protocols/mod.ts" },
    { from: "cli/main.ts", to: "protocols/tcp.ts" },
    { from: "workers/inline.ts", to: "mod.ts" },
    { from: "examples/a.ts", to: "tests/x.ts" },
    { from: "strange/a.ts", to: "core/mod.ts" },
  ]);
  assertEquals(faults.map((f) => `${f.file} ${f.what}`), [
    "core/items.ts protocols/tcp.ts",
    "engines/builtin.ts protocols/mod.ts",
    "cli/main.ts protocols/tcp.ts",
    "workers/inline.ts mod.ts",
    "examples/a.ts tests/x.ts",
    "strange/a.ts core/mod.ts",
  ]);
  for (const f of faults.slice(0, -1)) {
    assertEquals(f.rule.endsWith(RULES[f.file.split("/")[0]].why), true);
  }
});

Deno.test("the command bench may load the benchmark when it is asked for, and nothing else may", () => {
  const [from, to] = ["cli/commands/bench.ts", "bench/mod.ts"];
  assertEquals(checkArrows([{ from, to, dynamic: true }]), []);
  for (
    const arrow of [
      { from, to },
      { from: "cli/commands/list.ts", to, dynamic: true },
      { from, to: "tests/x.ts", dynamic: true },
    ]
  ) assertEquals(checkArrows([arrow]).map((f) => f.what), [arrow.to]);
});

Deno.test("what a browser must run imports no runtime's modules and names none of its globals", () => {
  for (const to of ["node:fs", "npm:x@1", "jsr:@std/assert@1"]) {
    for (const from of ["core/a.ts", "protocols/a.ts", "engines/builtin.ts"]) {
      assertEquals(checkArrows([{ from, to }]).length, 1, `${from} ${to}`);
    }
    assertEquals(checkArrows([{ from: "capture/a.ts", to }]), []);
  }
  const code = "/** Not Deno.open. */\nconst a = 1; // nor Deno.read\nDeno.readFileSync('x');\n";
  assertEquals(checkSource("core/a.ts", code).map((f) => f.file), ["core/a.ts:3"]);
  assertEquals(checkSource("capture/a.ts", code), []);
});
