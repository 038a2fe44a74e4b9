import { assert, assertEquals } from "@std/assert";
import { hasDpkt } from "../../_tools/_dpkt.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

/** The examples of the guide: title, and what each language says. */
function examples(): { title: string; python: string; typescript: string }[] {
  const guide = Deno.readTextFileSync(`${ROOT}docs/DPKT.md`);
  return guide.split("\n## ").slice(1).flatMap((part) => {
    const [, python] = part.match(/```python\n([^]*?)```/) ?? [];
    const [, typescript] = part.match(/```ts\n([^]*?)```/) ?? [];
    return python && typescript ? [{ title: part.split("\n")[0], python, typescript }] : [];
  });
}

/** What a program prints that is given on standard input. */
async function printed(command: string, args: readonly string[], program: string): Promise<string> {
  const child = new Deno.Command(command, {
    args: [...args],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(program));
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

Deno.test("every example of the dpkt guide runs, and prints what its Python prints if that is there", async (t) => {
  assert(examples().length >= 5);
  const python = hasDpkt();
  for (const { title, python: theirs, typescript } of examples()) {
    await t.step(title, async () => {
      const ours = await printed(
        Deno.execPath(),
        ["run", "--quiet", "--allow-read=tests/captures", "--ext=ts", "-"],
        typescript,
      );
      assert(ours.length > 0, "it prints nothing");
      if (python) {
        assertEquals(ours, await printed("/usr/bin/python3", ["-W", "ignore", "-"], theirs));
      }
    });
  }
});
