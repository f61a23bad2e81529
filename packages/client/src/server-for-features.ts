/** What features ask of the server (feature.ts). */
import type { CallArgs, CallName, CallResult, UploadToken } from "@yanshu/wire";
import { type Engine, ownOf } from "./core/engine.ts";
import { ClientError } from "./errors.ts";
import type { FeatureServer } from "./feature.ts";
import { asShown, spent, stockTokens, takeTokens } from "./files/tokens.ts";

export function serverForFeatures(engine: Engine): FeatureServer {
  async function callPaid<N extends CallName>(
    name: N,
    count: number,
    argsOf: (tokens: readonly UploadToken[]) => CallArgs<N>,
  ): Promise<CallResult<N>> {
    for (let isFirst = true; ; isFirst = false) {
      await engine.link.whenReady("signed");
      const tokens = await takeTokens(engine, count);
      if (tokens === undefined) throw new ClientError(engine.link.state() === "online" ? "too-often" : "offline");
      spent(engine, tokens);
      const errand = await engine.link.errand(ownOf(engine).server);
      if (errand === undefined) throw new ClientError("offline");
      const answer = await errand.call(name, argsOf(asShown(tokens))).finally(errand.close);
      if (answer.kind === "ok") return answer.value;
      if (answer.kind === "lost") throw new ClientError("offline");
      if (answer.code === "rate-limited") throw new ClientError("too-often");
      // They were of a week that is over: others are drawn, once.
      if (answer.code !== "bad-token" || !isFirst || !(await stockTokens(engine))) throw new ClientError("refused");
    }
  }

  return {
    ready: () => engine.link.whenReady("signed"),
    isReady: () => engine.link.isReady("signed"),
    wake: () => engine.link.start(),
    call: (name, args) => engine.link.call("signed", name, args),
    callUnnamed: async (name, args) =>
      engine.link.isReady("anonymous") ? engine.link.call("anonymous", name, args) : undefined,
    callPaid,
  };
}
