import { engineSuite } from "./suite.ts";

engineSuite("dpkt");
