// The engine's policy host registers ts-node for a TypeScript entry, which knows no import of a
// `.ts` file and checks types for ten seconds. Node itself strips the types of what this imports.
import { servePack } from "./pack.ts";

servePack();
