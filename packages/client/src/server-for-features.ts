/** What features ask of the server (feature.ts). */
import { directConversationId, type Group } from "@yanshu/mls";
import {
  type AccountId,
  type Bytes,
  type CallArgs,
  type CallName,
  type CallResult,
  type ConversationId,
  equalBytes,
  homesOf,
  toHex,
  type UploadToken,
} from "@yanshu/wire";
import type { Answer } from "./connection/connection.ts";
import type { Errand } from "./connection/link.ts";
import type { AnswerThatCame } from "./contract/server.ts";
import { type Engine, ownOf } from "./core/engine.ts";
import { ClientError } from "./errors.ts";
import type { FeatureServer } from "./feature.ts";
import { areTokensSpent, asShown, spend, stockTokens, takeTokens } from "./files/tokens.ts";
import { farOf, serverOf, serversOf } from "./group-state/places.ts";
import { heldHomes } from "./identity/own-homes.ts";
import { groupOf } from "./messages/message-names.ts";

/** For one answer of what is public: 13 MiB of packs at 2 Mbit/s. */
const publicAnswerMs = 60_000;

/** By the leaf of its device in the chat of two, which a move changes; else by what is known beside. */
export function livesAt(engine: Engine, account: AccountId): string {
  const chat = directConversationId(engine.ports.crypto.sha256, ownOf(engine).account, account);
  const leaf = groupOf(engine, chat)?.members.find((member) => equalBytes(member.account, account));
  return leaf?.server ?? serverOf(engine, account);
}

/** Groups of chats of two, by one reading of the store. @param by what each is found by: a column of theirs */
function groupsOfTwo(engine: Engine, by: "peer" | "conversation") {
  const sql = `SELECT ${by} AS key, group_id FROM conversations WHERE peer IS NOT NULL AND group_id IS NOT NULL`;
  const rows = engine.db.all<{ key: Bytes; group_id: Bytes }>(sql);
  const groups = new Map(rows.map(({ key, group_id }) => [toHex(key), toHex(group_id)]));
  return (key: Bytes) => engine.groups.get(groups.get(toHex(key)) ?? "");
}

/** The same of many: a look at Moments asks it of each friend. */
function liveAt(engine: Engine): (account: AccountId) => string {
  const [groupWith, otherwise] = [groupsOfTwo(engine, "peer"), serversOf(engine)];
  return (account) => {
    const leaf = groupWith(account)?.members.find((member) => equalBytes(member.account, account));
    return leaf?.server ?? otherwise(account);
  };
}

/** By the home record, as far as this device holds it. Undefined where all leaves in that chat name that home. */
function homesToName(
  engine: Engine,
  groupIn: (conversation: ConversationId) => Group | undefined,
): (conversation: ConversationId) => string | undefined {
  const own = ownOf(engine);
  const list = engine.lists.get(own.account);
  const first = (list && homesOf(list, heldHomes(engine)).homes[0]) ?? own.server;
  if (engine.before.server !== undefined || first !== own.server) return () => first;
  return (conversation) => {
    const leaves = groupIn(conversation)?.members ?? [];
    const isElsewhere = leaves.some(({ account, server }) => server !== first && equalBytes(account, own.account));
    return isElsewhere ? first : undefined;
  };
}

/** @throws ClientError `offline`, `too-often`, `refused` */
function resultOf<T>(answer: Answer<T>): T {
  if (answer.kind === "ok") return answer.value;
  if (answer.kind === "lost") throw new ClientError("offline");
  throw new ClientError(answer.code === "rate-limited" ? "too-often" : "refused");
}

export function serverForFeatures(engine: Engine): FeatureServer {
  async function answerBy<N extends CallName>(
    errand: Errand,
    name: N,
    count: number,
    argsOf: (tokens: readonly UploadToken[]) => CallArgs<N>,
  ): Promise<Answer<CallResult<N>>> {
    const args = engine.db.transaction(() => {
      const tokens = spend(engine, count);
      return tokens && argsOf(asShown(tokens));
    });
    // Something else spent them while the connection opened.
    return args === undefined ? { kind: "lost" } : errand.call(name, args);
  }

  async function answerPaid<N extends CallName>(
    name: N,
    count: number,
    argsOf: (tokens: readonly UploadToken[]) => CallArgs<N>,
  ): Promise<AnswerThatCame<CallResult<N>>> {
    for (let isFirst = true; ; isFirst = false) {
      await engine.link.whenReady("signed");
      if ((await takeTokens(engine, count)) === undefined)
        throw new ClientError(engine.link.state() === "online" ? "too-often" : "offline");
      const errand = await engine.link.errand(ownOf(engine).server);
      if (errand === undefined) throw new ClientError("offline");
      const answer = await answerBy(errand, name, count, argsOf).finally(errand.close);
      if (answer.kind === "lost") throw new ClientError("offline");
      if (answer.kind !== "error") return answer;
      // not a check: home refused it, and the caller is told why.
      if (answer.code === "rate-limited") throw new ClientError("too-often");
      // They were of a week that is over: others are drawn, once.
      if (answer.code !== "bad-token" || !isFirst || !(await stockTokens(engine))) return answer;
    }
  }

  async function callPaid<N extends CallName>(
    name: N,
    count: number,
    argsOf: (tokens: readonly UploadToken[]) => CallArgs<N>,
  ): Promise<CallResult<N>> {
    return resultOf(await answerPaid(name, count, argsOf));
  }

  return {
    ready: () => engine.link.whenReady("signed"),
    isReady: () => engine.link.isReady("signed"),
    areTokensSpent: () => areTokensSpent(engine),
    wake: () => engine.link.start(),
    call: (name, args) => engine.link.call("signed", name, args),
    callUnnamed: async (name, args) =>
      engine.link.isReady("anonymous") ? engine.link.call("anonymous", name, args) : undefined,
    callPaid,
    elsewhere: (account, named) => farOf(engine, named ?? livesAt(engine, account)),
    allElsewhere: () => {
      const at = liveAt(engine);
      return (account, named) => farOf(engine, named ?? at(account));
    },
    homeToName: (conversation) => homesToName(engine, (one) => groupOf(engine, one))(conversation),
    allHomesToName: () => homesToName(engine, groupsOfTwo(engine, "conversation")),
    openAt: async (server) => {
      const errand = await engine.link.errandTo(server);
      return errand && { call: async (name, args) => resultOf(await errand.call(name, args)), close: errand.close };
    },
    answerPaid,
    onOneLine: async (work) => {
      // What is large needs one token that pays for the line (WI23).
      if ((await takeTokens(engine, 1)) === undefined)
        throw new ClientError(engine.link.state() === "online" ? "too-often" : "offline");
      const errand = await engine.link.errand(ownOf(engine).server);
      if (errand === undefined) throw new ClientError("offline");
      return work(errand).finally(errand.close);
    },
    readPublic: async (path, { bytesMax, range, at }) => {
      const { media } = engine.ports;
      if (media === undefined) return undefined;
      const headers = range === undefined ? {} : { range: `bytes=${range[0]}-${range[1]}` };
      const bounds = { bytesMax, msMax: publicAnswerMs };
      const late = Promise.withResolvers<undefined>();
      const cancel = engine.ports.after(publicAnswerMs, () => late.resolve(undefined));
      const asked = media.request(at ?? ownOf(engine).server, { method: "GET", path, headers, bounds });
      const answer = await Promise.race([asked.catch(() => undefined), late.promise]).finally(cancel);
      // @checks CH86
      return answer !== undefined && answer.body.length > bytesMax ? undefined : answer;
    },
  };
}
