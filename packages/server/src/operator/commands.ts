/**
 * Commands: `yanshu-server status | invite | accounts | suspend | remove | limits | check` (docs/spec/terminal.md
 * TE13–TE15). They reach the running server through its control socket; if none runs, they work on the folder itself.
 */
import { existsSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { renderUnicodeCompact } from "uqr";
import { ActError } from "../feature.ts";
import { OptionError, type Options, readOptions } from "../options.ts";
import { type Arguments, argumentsOf, wholeNumber } from "./arguments.ts";
import { bytesOf, postgresBill, sqliteBill } from "./bun-bill.ts";
import { answerTo, askControl } from "./bun-control.ts";
import { check } from "./check.ts";
import { type LimitReport, limitsOf } from "./limits.ts";
import { offlineActs } from "./offline.ts";
import type { InvitationReport, InviteLink } from "./server-acts.ts";
import { type Status, statusText } from "./status.ts";
import { counted, indented, lasting, sized, table } from "./words.ts";

type Command = {
  /** The usage line in the help. */
  readonly usage: string;
  readonly help: string;
  readonly flags: Readonly<Record<string, "value" | "alone">>;
  /** Returns the text to print, and whether all is well. */
  readonly run: (call: Call) => Promise<Said>;
};
type Said = { readonly json: unknown; readonly text: string; readonly isWell?: boolean };
type Call = Arguments & { readonly options: Options };

/** The server's options that commands accept: where its data is, and where links lead. */
const general = ["data", "log", "domain", "origin", "port"];

const commands: Readonly<Record<string, Command>> = {
  status: {
    usage: "status [--ready]",
    help: "how the running server is; --ready asks that alone, for a health check",
    flags: { json: "alone", ready: "alone" },
    run: status,
  },
  invite: {
    usage: "invite [--people N] [--hours N | --days N] [--open]",
    help: "prints an invitation: for one person and a week, or for so many until then",
    flags: { json: "alone", people: "value", hours: "value", days: "value", open: "alone" },
    run: invite,
  },
  accounts: {
    usage: "accounts [--top N | --all]",
    help: "what each account takes up, the largest first: numbers, no names",
    flags: { json: "alone", top: "value", all: "alone" },
    run: accounts,
  },
  suspend: {
    usage: "suspend NUMBER [--end]",
    help: "lets an account in no more, or again; nothing is deleted",
    flags: { json: "alone", end: "alone" },
    run: suspend,
  },
  remove: {
    usage: "remove NUMBER [--yes]",
    help: "deletes an account and all that is kept of it",
    flags: { json: "alone", yes: "alone" },
    run: remove,
  },
  peers: {
    usage: "peers list | allow NAME | deny NAME | trust NAME | try NAME",
    help: "servers that this one speaks with: who may, whose new key is taken, whether a line opens",
    flags: { json: "alone" },
    run: peers,
  },
  channels: {
    usage: "channels list | remove | label | restore ENTRY --reason WORDS --appeal WHERE",
    help: "public channels: what is done to an entry is told to everybody, with its reason",
    flags: { json: "alone", reason: "value", appeal: "value" },
    run: channels,
  },
  mirrors: {
    usage: "mirrors list | add | remove HOME [--channel ID]",
    help: "other homes whose channels this one keeps too: their packs, and films of all channels or of some",
    flags: { json: "alone", channel: "value" },
    run: mirrors,
  },
  limits: {
    usage: "limits",
    help: "what the server is limited to; each is an option of the same name",
    flags: { json: "alone" },
    run: limits,
  },
  check: {
    usage: "check [--backups DIR]",
    help: "looks at folder, room, database, files and copies, and says what to do",
    flags: { json: "alone", backups: "value" },
    run: checkAll,
  },
};

/** For `--help`. */
export const operatorHelp: readonly (readonly [string, string])[] = [
  ...Object.values(commands).map(({ usage, help }) => [usage, help] as const),
  ["invite list | standing", "the invitations that were made; the one that stands, again"],
  ["invite rotate | end NUMBER|standing", "another code in its place, or none"],
  ["channels close | reopen | allow | deny CHANNEL", "whether a channel goes on, and whether it may be opened"],
  ["channels own | disown CHANNEL", "whether the channel is the own one of who has this server's name"],
  ["channels publishers members | listed", "who may open a channel: each member, or those that are allowed"],
];

/**
 * Runs the command of this name, and sets the exit code.
 *
 * @return false if there is no such command.
 * @throws OptionError, LogOpenError
 */
export async function runCommand(
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<boolean> {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) return false;
  const read = argumentsOf(args, command.flags, general);
  const options = readOptions(read.rest, env);
  if (!existsSync(options.data)) throw new OptionError(`${options.data} holds no server: see --data`);
  try {
    const { json, text, isWell } = await command.run({ ...read, options });
    process.stdout.write(read.flags["json"] === undefined ? `${text}\n` : `${JSON.stringify(json)}\n`);
    if (isWell === false) process.exitCode = 1;
  } catch (error) {
    if (error instanceof ActError) throw new OptionError(error.message);
    throw error;
  }
  return true;
}

/** Runs a command in the running server, or on its folder if none runs. @throws ActError */
async function done({ options }: Call, name: string, args: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
  const answer =
    (await askControl(options.data, name, args)) ?? (await offlineActs(options, (acts) => answerTo(acts, name, args)));
  if (!answer.ok) throw new ActError(answer.why);
  return answer.value;
}

async function status(call: Call): Promise<Said> {
  const { options, flags, words } = call;
  noMore(words, 0);
  if (flags["ready"] !== undefined) {
    const answer = await askControl(options.data, "ready", {});
    const found = answer?.ok === true ? (answer.value as { isReady: boolean; why: string }) : undefined;
    const said = found ?? { isReady: false, why: answer === undefined ? "not running" : "it does not answer" };
    return { json: said, text: said.isReady ? "ready" : `not ready: ${said.why}`, isWell: said.isReady };
  }
  const answer = await askControl(options.data, "status", {});
  if (answer === undefined)
    return {
      json: { isRunning: false },
      text: `No server runs over ${options.data}. \`check\` looks at the folder itself.`,
      isWell: false,
    };
  if (!answer.ok) throw new ActError(answer.why);
  return { json: answer.value, text: statusText(answer.value as Status) };
}

async function invite(call: Call): Promise<Said> {
  const [word, which] = call.words;
  switch (word) {
    case undefined:
      return newInvitation(call);
    case "list":
      noMore(call.words, 1);
      return listed((await done(call, "invitations")) as readonly InvitationReport[]);
    case "standing":
      noMore(call.words, 1);
      return inviteLink(
        (await done(call, "standing")) as InviteLink,
        "The standing invitation lets in everybody who has it.",
      );
    case "rotate":
      noMore(call.words, 2);
      return rotated(call, which);
    case "end":
      noMore(call.words, 2);
      if (which === "standing") {
        await done(call, "renew-standing");
        return { json: {}, text: "The standing invitation that is out there lets nobody in any more." };
      }
      await done(call, "invite-end", { number: numberOf(which) });
      return { json: {}, text: `Invitation ${which} has ended. Who came by it stays.` };
    default:
      throw new OptionError(`invite does not know ${word}: list, standing, rotate or end`);
  }
}

async function rotated(call: Call, which: string | undefined): Promise<Said> {
  const note = "Nobody comes in by the older code any more; who came by it stays.";
  if (which === "standing") return inviteLink((await done(call, "renew-standing")) as InviteLink, note);
  return inviteLink((await done(call, "invite-rotate", { number: numberOf(which) })) as InviteLink, note);
}

async function newInvitation(call: Call): Promise<Said> {
  const { flags } = call;
  const days = wholeNumber("--days", flags["days"], 3_650);
  const hours = wholeNumber("--hours", flags["hours"], 87_600) ?? (days === undefined ? undefined : days * 24);
  const isOpen = flags["open"] !== undefined;
  if (flags["days"] !== undefined && flags["hours"] !== undefined) throw new OptionError("--hours or --days, not both");
  if (isOpen && flags["people"] !== undefined) throw new OptionError("--open is for as many as come, without --people");
  const people = isOpen ? undefined : (wholeNumber("--people", flags["people"], 1_000_000) ?? 1);
  const ends = hours ?? (isOpen ? undefined : 7 * 24);
  const made = (await done(call, "invite", {
    ...(people === undefined ? {} : { people }),
    ...(ends === undefined ? {} : { hours: ends }),
  })) as InviteLink;
  const forWhom = people === undefined ? "as many as come" : people === 1 ? "one person" : `${people} people`;
  const until = ends === undefined ? "until you end it" : `for ${lasting(ends * 3_600_000)} from now`;
  return inviteLink(
    made,
    `Invitation ${made.number}: for ${forWhom}, ${until}. Its code is told this once;\n` +
      `\`invite rotate ${made.number}\` puts another in its place, \`invite end ${made.number}\` ends it.`,
  );
}

/** The link of an invitation. A QR code is drawn only on a terminal (TE9). */
function inviteLink(told: InviteLink, note: string): Said {
  const code = process.stdout.isTTY ? `${renderUnicodeCompact(told.link)}\n\n` : "";
  return { json: told, text: `${code}${told.link}\n\n${note}` };
}

function listed(all: readonly InvitationReport[]): Said {
  if (all.length === 0) return { json: all, text: "No invitation was made. The standing one: `invite standing`." };
  const rows = all.map(({ number, people, came, ends, isOver }) => [
    `${number}`,
    `${came}`,
    people === null ? "open" : `${people}`,
    ends === null ? "not by itself" : `${ends.slice(0, 16).replace("T", " ")} UTC`,
    isOver ? "over" : "goes on",
  ]);
  return { json: all, text: table(["number", "came", "for", "ends", "state"], rows) };
}

async function accounts({ options, flags, words }: Call): Promise<Said> {
  noMore(words, 0);
  const rows = [...(options.log === undefined ? sqliteBill(options.data) : await postgresBill(options.log))].sort(
    (a, b) => bytesOf(b) - bytesOf(a) || a.number - b.number,
  );
  const shown = flags["all"] === undefined ? rows.slice(0, wholeNumber("--top", flags["top"]) ?? 20) : rows;
  const text = table(
    ["number", "since", "devices", "in all", "history", "waiting", "keys", "state"],
    shown.map((row) => [
      `${row.number}`,
      row.since ?? "earlier",
      `${row.devices}`,
      sized(bytesOf(row)),
      sized(row.historyBytes),
      sized(row.waitingBytes),
      sized(row.keyBytes),
      row.isSuspended ? "suspended" : "",
    ]),
  );
  const sum = rows.reduce((all, row) => all + bytesOf(row), 0);
  return {
    json: rows,
    text: `${text}\n\n${counted(rows.length, "account")}, ${sized(sum)} in all.\nWhose files are whose is not known here: see \`status\` for their sum.`,
  };
}

async function suspend(call: Call): Promise<Said> {
  noMore(call.words, 1);
  const number = numberOf(call.words[0]);
  const isSuspended = call.flags["end"] === undefined;
  const value = await done(call, "suspend", { number, isSuspended });
  return {
    json: value,
    text: isSuspended
      ? `Account ${number} is suspended: its devices are told so and not let in.\n\`suspend ${number} --end\` lets it in again.`
      : `Account ${number} is let in again.`,
  };
}

async function remove(call: Call): Promise<Said> {
  noMore(call.words, 1);
  const number = numberOf(call.words[0]);
  if (call.flags["yes"] === undefined && !(await isSure(number)))
    throw new OptionError("nothing was removed: say --yes, or the number again when asked");
  const value = await done(call, "remove", { number });
  return { json: value, text: `Account ${number} is removed, and all that was kept of it.` };
}

async function isSure(number: number): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await asking.question(`This cannot be undone. The number again, to remove account ${number}: `);
  asking.close();
  return answer.trim() === `${number}`;
}

async function checkAll({ options, flags, words }: Call): Promise<Said> {
  noMore(words, 0);
  const findings = await check({
    folder: options.data,
    backups: flags["backups"],
    isShared: options.log !== undefined,
    nowMs: Date.now(),
  });
  const isWell = findings.every(({ state }) => state !== "fault");
  const mark = { well: "ok", note: "note", fault: "FAULT" } as const;
  return {
    json: findings,
    text: table(
      ["", "what", "found"],
      findings.map(({ what, state, said }) => [mark[state], what, said]),
    ),
    isWell,
  };
}

async function limits({ options, words }: Call): Promise<Said> {
  noMore(words, 0);
  const answer = await askControl(options.data, "limits", {});
  if (answer?.ok === false) throw new ActError(answer.why);
  const all = (answer?.value as readonly LimitReport[] | undefined) ?? limitsOf(options);
  const rows = all.map(({ name, now, usually }) => [
    `--${name}`,
    now.toLocaleString("en"),
    now === usually ? "" : usually.toLocaleString("en"),
  ]);
  const [head, ...lines] = table(["option", "now", "usually"], rows).split("\n");
  const told = all.flatMap(({ help }, at) => [lines[at], ...indented(help, 4)]);
  const note =
    answer === undefined ? "No server runs: so it would be, started from here." : "As the running server has them.";
  return { json: all, text: `${[head, ...told].join("\n")}\n\n${note} What was refused: \`status\`.` };
}

/** A peer server in the answer of `peers list`. */
type PeerTold = {
  readonly name: string;
  readonly policy: string;
  readonly key: string | null;
  readonly since: string | null;
  readonly state: string | null;
  readonly waiting: number;
  readonly waitingBytes: number;
};

async function peers(call: Call): Promise<Said> {
  const [word, name] = call.words;
  noMore(call.words, word === "list" ? 1 : 2);
  const said = peerWords[word ?? ""];
  if (word !== "list" && said === undefined)
    throw new OptionError(`peers does not know ${word ?? "that"}: list, allow, deny, trust or try`);
  if (word !== "list" && name === undefined) throw new OptionError("which server? Its name is missing");
  const value = await done(call, `peers-${word}`, word === "list" ? {} : { name });
  if (said !== undefined) return { json: value, text: said(name as string) };
  const rows = (value as readonly PeerTold[]).map((one) => [
    one.name,
    one.policy === "none" ? "" : one.policy,
    one.key ?? "not met",
    one.since ?? "",
    one.state ?? "",
    one.waiting === 0 ? "" : `${one.waiting} (${sized(one.waitingBytes)})`,
  ]);
  const text =
    rows.length === 0 ? "No other server is known." : table(["name", "said", "key", "since", "line", "waiting"], rows);
  return { json: value, text };
}

const peerWords: Readonly<Record<string, (name: string) => string>> = {
  allow: (name) => `${name} may speak with this server, where --federation is listed or open.`,
  deny: (name) => `${name} may not speak with this server.`,
  trust: (name) => `The key that ${name} shows next is taken for its own.`,
  try: (name) => `A line to ${name} is open.`,
};

async function channels(call: Call): Promise<Said> {
  const [word = "", which] = call.words;
  noMore(call.words, word === "list" ? 1 : 2);
  const { reason, appeal } = call.flags;
  if (word === "list") return channelList((await done(call, "channels-list")) as ChannelsTold);
  const said = Object.hasOwn(channelWords, word) ? channelWords[word] : undefined;
  if (said === undefined)
    throw new OptionError(
      `channels does not know ${word || "that"}: list, remove, label, restore, close, reopen, allow, deny, own, disown or publishers`,
    );
  if (which === undefined) throw new OptionError(`which one? ${said.lacks} is missing`);
  const args = said.isDecision === true ? { entry: which, reason, appeal } : { [said.of]: which };
  return { json: await done(call, `channels-${word}`, args), text: said.text };
}

/** What `mirrors-list` tells. */
type MirrorsTold = {
  readonly homes: readonly {
    readonly home: string;
    readonly packs: number;
    readonly channels: readonly string[];
    readonly fault: string;
    readonly heardMs: number;
  }[];
  readonly films: number;
  readonly bytes: number;
};

async function mirrors(call: Call): Promise<Said> {
  const [word = "", home] = call.words;
  noMore(call.words, word === "list" ? 1 : 2);
  if (word !== "list" && word !== "add" && word !== "remove")
    throw new OptionError(`mirrors does not know ${word || "that"}: list, add or remove`);
  if (word !== "list") {
    if (home === undefined) throw new OptionError("which home? Its name is missing");
    const json = await done(call, `mirrors-${word}`, { home, channel: call.flags["channel"] });
    const text =
      word === "add"
        ? `${home} is read each minute, and what it shows is kept here:\n/public/mirrors/${home}/`
        : `${home} is not read any more; what was kept of it goes within minutes.`;
    return { json, text };
  }
  const told = (await done(call, "mirrors-list")) as MirrorsTold;
  const rows = told.homes.map((one) => [
    one.home,
    `${one.packs}`,
    one.channels.length === 0 ? "all" : `${one.channels.length}`,
    one.heardMs === 0 ? "never" : new Date(one.heardMs).toISOString().slice(0, 16),
    one.fault,
  ]);
  const room = `${told.films} films, ${sized(told.bytes)}`;
  const text =
    rows.length === 0
      ? "No other home is mirrored."
      : `${table(["home", "packs", "channels", "whole at", "fault"], rows)}\n${room}`;
  return { json: told, text };
}

/** What `channels-list` tells. */
type ChannelsTold = {
  readonly publishers: "members" | "listed";
  readonly own: readonly string[];
  readonly channels: readonly {
    readonly channel: string;
    readonly entries: number;
    readonly isClosed: boolean;
    readonly newest: readonly { readonly entry: string; readonly kind: string; readonly state: string }[];
  }[];
};

const lacksChannel = { of: "channel", lacks: "The channel's id" };
const lacksEntry = { of: "entry", lacks: "The entry's hash", isDecision: true };
const channelWords: Readonly<
  Record<string, { readonly of: string; readonly lacks: string; readonly isDecision?: boolean; readonly text: string }>
> = {
  remove: { ...lacksEntry, text: "It is gone once the next pack says why, within a minute." },
  label: { ...lacksEntry, text: "The next pack tells everybody these words beside it." },
  restore: { ...lacksEntry, text: "It is there again once the next pack says so, within a minute." },
  close: { ...lacksChannel, text: "Nothing more is taken of this channel; what it said stays." },
  reopen: { ...lacksChannel, text: "The channel goes on." },
  allow: { ...lacksChannel, text: "This channel may be opened." },
  deny: { ...lacksChannel, text: "This channel may not be opened; if it is open already, see `channels close`." },
  own: { ...lacksChannel, text: "This server's name says from now on that the channel is its own." },
  disown: { ...lacksChannel, text: "This server's name says no more that the channel is its own." },
  publishers: { of: "publishers", lacks: "members or listed", text: "From now on it is so." },
};

function channelList(report: ChannelsTold): Said {
  const rows = report.channels.map(({ channel, entries, isClosed, newest }) => [
    channel,
    `${entries}`,
    [isClosed ? "closed" : "", report.own.includes(channel) ? "own" : ""].filter((word) => word !== "").join(", "),
    newest.map(({ kind, entry, state }) => `${kind} ${entry}${state === "there" ? "" : ` (${state})`}`).join(", "),
  ]);
  const who =
    report.publishers === "members" ? "Every member may open a channel." : "Only allowed channels are opened.";
  const text = rows.length === 0 ? "There is no channel." : table(["channel", "entries", "", "newest"], rows);
  return { json: report, text: `${who}\n${text}` };
}

function numberOf(text: string | undefined): number {
  const number = wholeNumber("the number", text);
  if (number === undefined) throw new OptionError("which one? Its number is missing");
  return number;
}

function noMore(words: readonly string[], most: number): void {
  if (words.length > most) throw new OptionError(`what is ${JSON.stringify(words[most])} for?`);
}
