import { assertEquals } from "@std/assert";
import { didYouMean } from "../../core/nearest.ts";

Deno.test("didYouMean names the nearest word, and none that is another word", () => {
  const words = ["flows", "fields", "info", "convert", "ip.src", "ip.dst"];
  const meant: [string, string][] = [
    ["flow", "flows"],
    ["feilds", "fields"],
    ["INFO", "info"],
    ["ip.scr", "ip.src"],
    ["covnert", "convert"],
    ["extract", ""],
    ["x", ""],
    ["", ""],
  ];
  for (const [given, near] of meant) {
    assertEquals(didYouMean(given, words), near === "" ? "" : `; did you mean "${near}"?`, given);
  }
});
