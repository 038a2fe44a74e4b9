import { loadKit } from "../../mod.ts";
import { engineSuite } from "./suite.ts";

// An engine that a plug-in brings is held to the same.
const ACME = new URL("../../examples/acme_plugin.ts", import.meta.url).href;
engineSuite("audited", {
  kit: () => loadKit([ACME]),
  plugins: [ACME],
  skip: {
    "refuses options that it does not have":
      "the example reads the one option it has, and shows no more than that",
  },
});
