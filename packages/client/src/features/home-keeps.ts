/** What home keeps of this account, asked of home itself (docs/spec/keeping.md KP12): counted, and row by row as it stands there. */
import { type Bytes, type CallArgs, type CallName, type CallResult, concat, decodeRow } from "@yanshu/wire";
import type { CoreApi } from "../api/core.ts";
import type { HomePage } from "../api/keeping.ts";
import type { Engine } from "../core/engine.ts";
import { ClientError } from "../errors.ts";

/** Home answers so many a minute, and says for how long it answers no more; where it does not, a moment is waited. */
const patienceMs = 2_000;
const patienceTimes = 60;

export function homeKeepsApi(engine: Engine): Pick<CoreApi, "homeCounts" | "homePage"> {
  const { link, ports } = engine;

  async function ask<N extends CallName>(name: N, args: CallArgs<N>): Promise<CallResult<N>> {
    await link.whenReady("signed");
    for (let tries = 0; ; tries++) {
      const answer = await link.call("signed", name, args);
      if (answer.kind === "ok") return answer.value;
      if (answer.kind === "lost") throw new ClientError("offline");
      if (answer.code !== "rate-limited" || tries === patienceTimes) throw new ClientError("refused");
      await new Promise<void>((resolve) => ports.after(answer.waitMs ?? patienceMs, resolve));
    }
  }

  return {
    homeCounts: async () => (await ask("everythingCounts", {})).tables,
    async homePage(from) {
      let page = await ask("everything", from === undefined ? {} : { from });
      const rows: Bytes[] = [...page.rows];
      while (page.isCut && page.next !== undefined) {
        page = await ask("everything", { from: page.next });
        const [rest = new Uint8Array(), ...more] = page.rows;
        rows.push(concat(rows.pop() ?? new Uint8Array(), rest), ...more);
      }
      const { table, columns, next } = page;
      return { table, columns, rows: rows.map(decodeRow), ...(next && { next }) } satisfies HomePage;
    },
  };
}
