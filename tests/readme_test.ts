import { assert, assertEquals } from "@std/assert";
import { has } from "./cli/_process.ts";

const ROOT = new URL("../", import.meta.url).pathname;

/** The commands of the README's examples, each with the comment above it. */
function examples(): { title: string; command: string }[] {
  const readme = Deno.readTextFileSync(`${ROOT}README.md`);
  const block = readme.split("<!-- examples:begin -->")[1].split("<!-- examples:end -->")[0];
  const found: { title: string; command: string }[] = [];
  let title = "";
  for (const line of block.split("\n")) {
    if (line.startsWith("# ")) title = line.slice(2);
    else if (line !== "" && !line.startsWith("```")) found.push({ title, command: line });
  }
  return found;
}

Deno.test("the README has at least ten examples", () => {
  assert(examples().length >= 10);
});

Deno.test({
  name: "every example of the README runs, with the permissions it names",
  ignore: Deno.build.os === "windows" || !has("jq"),
  fn: async (t) => {
    // In a folder of its own that looks like the checkout, so that what examples write goes nowhere else.
    const dir = Deno.makeTempDirSync();
    for (const { name } of Deno.readDirSync(ROOT)) {
      if (name.startsWith(".") || name === "bench") continue;
      await new Deno.Command("cp", { args: ["-r", `${ROOT}${name}`, dir] }).output();
    }
    const bin = `${dir}/.bin`;
    Deno.mkdirSync(bin);
    Deno.symlinkSync(Deno.execPath(), `${bin}/deno`);
    try {
      for (const { title, command } of examples()) {
        await t.step(`${title}: ${command}`, async () => {
          const { code, stdout, stderr } = await new Deno.Command("sh", {
            args: ["-c", command],
            cwd: dir,
            env: { PATH: `${bin}:${Deno.env.get("PATH")}`, NO_COLOR: "1", DENO_NO_PROMPT: "1" },
            stdin: "null",
            stdout: "piped",
            stderr: "piped",
          }).output();
          assertEquals(code, 0, new TextDecoder().decode(stderr));
          assert(stdout.length > 0 || / -o | convert /.test(command), "it prints nothing");
        });
      }
    } finally {
      await Deno.remove(dir, { recursive: true });
    }
  },
});
