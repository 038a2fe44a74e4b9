import { assertEquals } from "@std/assert";
import { killAll } from "../../_tools/kill.ts";

/** `deno task kill` does it 200 times. */
const TIMES = 12;

const installed = (() => {
  try {
    return new Deno.Command("tshark", { args: ["-v"], stdout: "null", stderr: "null" }).outputSync()
      .success;
  } catch {
    return false;
  }
})();

Deno.test({
  name: "killing tshark and workers at random moments leaves an error or the right result" +
    (installed ? "" : " (skipped: no tshark)"),
  ignore: !installed,
  async fn() {
    const { right, errors, faults } = await killAll(TIMES, 20_261_121);
    assertEquals(faults, []);
    assertEquals(right + errors, TIMES);
  },
});
