/**
 * Catching up, the server's side: a device was away for 10,000 messages, comes back, and takes and acknowledges them
 * all.
 */
import { textBytes } from "../envelope.ts";
import { withFolder } from "../folder.ts";
import { runLoad } from "../load.ts";
import { row } from "../rows.ts";
import { withServerOn } from "../server.ts";
import { type Scenario, unlessQuick } from "./scenario.ts";

const goal = { atMost: 50 };
const limitMs = 240_000;

export const catchup: Scenario = {
  name: "catchup",
  about:
    "10,000 messages of five letters (envelopes of 557 bytes) wait for each of four devices, which sign in to a server that was just started, one after another; what the server works for each, its acknowledgements and the deleting included, beside as many raw echoes",
  run: (conditions) =>
    withFolder(async (folder) => {
      const [people, messagesEach] = conditions.quick ? [2, 200] : [4, 10_000];
      await withServerOn(folder, "raised", async (server) => {
        await runLoad({ kind: "register", server, people }, limitMs);
        await runLoad({ kind: "fill", server, people, messagesEach, envelopeBytes: textBytes }, limitMs);
      });
      const result = await withServerOn(folder, "asShipped", (server) =>
        runLoad({ kind: "return", server, people, messagesEach }, limitMs),
      );
      const cpuMs = (result.serverCpuSeconds / people) * 1_000;
      const echoedMs = (messagesEach / conditions.raw.echoPerCpuSecond) * 1_000;
      return [
        row("catchup: server CPU a device", cpuMs, "ms", unlessQuick(conditions, goal), echoedMs),
        row("catchup: from signing in to the last message", result.middleSeconds, "s"),
        row(
          "catchup: messages missing or repeated",
          people * messagesEach - result.received + result.repeated,
          "messages",
          {
            atMost: 0,
          },
        ),
      ];
    }),
};
