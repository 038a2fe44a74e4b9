import { has } from "../cli/_process.ts";
import { engineSuite } from "./suite.ts";

engineSuite("tshark", {
  missing: has("tshark") ? undefined : "there is no tshark",
});
