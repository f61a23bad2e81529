/**
 * For `bun --preload`: the program ends as by SIGTERM when the npm that started it is gone (docs/spec/delivery.md
 * DS113).
 */
import { endWithNpm } from "./end-with-npm.mjs";

endWithNpm(() => process.kill(process.pid, "SIGTERM"));
