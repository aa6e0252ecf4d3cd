import { makeScryptCheap } from "./cheap-scrypt.ts";

makeScryptCheap();
