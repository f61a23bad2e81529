/** Page: docs/SCALE.md, made of the model. Words stand here, and no result does. */
import { defaultConfig } from "@yanshu/server";
import { type ChannelAssumptions, type ChannelCosts, channelNeedsOf } from "./channels.ts";
import {
  type Assumptions,
  type Costs,
  carried,
  fullest,
  type Load,
  loadOf,
  type Needs,
  needsOf,
  stagesOf,
} from "./model.ts";

const mebi = 2 ** 20;
const giga = 1e9;

/** Each with where it is from. */
const assumed: { readonly [N in keyof Assumptions]: readonly [value: number, what: string] } = {
  messagesADay: [42, "messages that a person sends a day (WeChat 2019, FEATURES §9e)"],
  peak: [4, "times the mean in the evening (§9e)"],
  people: [8, "people whom a message goes to (§9e)"],
  devices: [2, "devices of each (§9e)"],
  spike: [10, "times the evening in the minute of New Year (§9e)"],
  connected: [0.25, "of all devices are connected in the evening; the others are woken"],
  opensADay: [10, "times a day that a device signs in"],
  daysWaiting: [1, "days until the last device has fetched a letter"],
  letterBytes: [
    718,
    "bytes that a message takes while it waits for two: a text of five letters is an envelope of 557 bytes (`npm run bench -- disk` when this was written, used until a whole run has it in the results)",
  ],
  deviceBytes: [
    4_300,
    "bytes of a server's memory for a device: two sockets, one that is signed in and receives, one that posts (a driver of its own, at 80cbcd8; used until `npm run bench -- idle` has it in the results)",
  ],
  proxyBytes: [55_000, "bytes of a proxy's memory for a socket with TLS, at least (Caddy, the same driver)"],
  ownTlsBytes: [
    3_500,
    "bytes more of a server's memory for a socket, where the server ends TLS itself (4.2 KB in plain and 7.7 KB with TLS, at 4,000 sockets that said hello: decision 0032)",
  ],
  frameBytes: [740, "bytes of a message on the wire: its envelope, 79 of the frame, and TLS and TCP"],
  filesADay: [2, "files that a person sends a day"],
  fileBytes: [300 * 1_024, "bytes of a file"],
  fileDays: [defaultConfig.blobDays, "days that a file is kept (`--file-days`)"],
  vaultShare: [0.5, "of all accounts keep their history at home"],
  vaultBytes: [200, "bytes of a letter in that history"],
  busy: [
    0.5,
    "of its cores that a server, or PostgreSQL, shall use in the evening: the rest is for one that is gone, and for New Year",
  ],
  socketsMax: [defaultConfig.socketsMax.all, "sockets of a process (DS60)"],
  returnSeconds: [60, "seconds in which all devices shall be back after a restart"],
  lateSeconds: [60, "seconds that a letter may be late in the minute of New Year"],
  diskBytes: [16e12, "bytes of a machine's disk"],
  wireBits: [1e9, "bits a second of a machine's network"],
  postgresASecond: [10_000, "messages a second that one PostgreSQL on a machine of its own writes; more was not tried"],
  databaseCores: [16, "cores that PostgreSQL may use, of a machine of its own"],
  serversMax: [100, "servers, of one connection each, beside which one PostgreSQL stays quick"],
  nodesMax: [64, "nodes of one PostgreSQL that is spread; not tried"],
};

export const assumptions = Object.fromEntries(
  Object.entries(assumed).map(([name, [value]]) => [name, value]),
) as unknown as Assumptions;

/** Of Channels at one home, each with where it is from. */
const channelsAssumed: { readonly [N in keyof ChannelAssumptions]: readonly [value: number, what: string] } = {
  channels: [1_000, "channels of the home"],
  films: [100_000, "films that it keeps"],
  viewers: [10_000, "people who watch"],
  daysKept: [90, "days in which these films came, and whose packs a device begins with (CH13)"],
  filmBytes: [1_000_000, "bytes of a film with its cover: ten seconds"],
  filmBits: [800_000, "bits a second of a film at 540 × 960"],
  entryBytes: [
    618,
    "bytes of a film's entry in a pack: 22 Han, two hashtags, a cover and captions (`encodeChannelEntry`)",
  ],
  rootBytes: [100, "bytes of a channel's root beside it"],
  packsADay: [24, "packs a day"],
  countedFilms: [500, "films whose counts change between two packs: those of the last pages, and of whom many follow"],
  countBytes: [60, "bytes of a count"],
  minutesADay: [40, "minutes a day that one watches"],
  peak: [4, "times the mean in the evening (§9e)"],
  filmCpu: [
    2.08,
    "CPU-seconds of the server a GB of films (`npm run bench -- feed` when this was written, used until a whole run has it in the results)",
  ],
  wasted: [20.2, "percent of what is fetched that nobody watches (the same)"],
  markSeconds: [1, "CPU-seconds of a month's marks of a person (CH30)"],
  wireBits: [1e9, "bits a second of the machine's network"],
};

export const channelAssumptions = Object.fromEntries(
  Object.entries(channelsAssumed).map(([name, [value]]) => [name, value]),
) as unknown as ChannelAssumptions;

const sizes: readonly (readonly [users: number, name: string])[] = [
  [40, "40"],
  [10_000, "10k"],
  [1_000_000, "1M"],
  [19_000_000, "19M"],
  [1_000_000_000, "1B"],
];

export function pageText(
  costs: Costs,
  channelCosts: ChannelCosts,
  it: Assumptions = assumptions,
  ofChannels: ChannelAssumptions = channelAssumptions,
): string {
  const columns = sizes.map(([users, name]) => {
    const load = loadOf(users, it);
    const needs = needsOf(load, costs, it);
    const stages = stagesOf(load, needs, costs, it);
    return { name, load, needs, stages, ...carried(stages) };
  });
  const names = columns.map(({ name }) => `${name} people`);
  const loadRow = (what: string, of: (load: Load) => string) => [what, ...columns.map(({ load }) => of(load))];
  const needRow = (what: string, of: (needs: Needs) => string) => [what, ...columns.map(({ needs }) => of(needs))];
  return `${[
    "# How large it has to be",
    "",
    "Made by `npm run scale` of [measured](../bench/RESULTS.md) [costs](../bench/CLUSTER.md) and of the assumptions below; nothing is typed in but these, and `npm test` compares. It is arithmetic,",
    "not a trial: what was tried is in the results, and `npm run cluster -- --spread` says whether a message still costs what is reckoned with here. At which commit, on which machine, and which goals are missed: [MEASURED.md](MEASURED.md). How to set it up: [deploying](guide/en/deploy.md).",
    "A **device** is two sockets: one that is signed in and receives, and one that is not and posts. With TLS before the servers, the proxy's memory is by far the larger: it stands in a row of its own. A server that ends TLS itself (`--tls-cert`) needs none of it, and 3.5 KB more a socket.",
    "",
    "## What was measured",
    "",
    ...table(
      ["figure", "value", "unit"],
      ["", "r", ""],
      Object.values(costs)
        .filter((figure) => figure !== undefined)
        .map(({ name, value, unit }) => [name, number(value), unit]),
    ),
    "",
    "## What is assumed",
    "",
    ...table(
      ["value", "what"],
      ["r", ""],
      Object.entries(assumed).map(([name, [, what]]) => [number(it[name as keyof Assumptions]), what]),
    ),
    "",
    "## The load, in the evening",
    "",
    ...table(
      ["", ...names],
      ["", ...names.map(() => "r")],
      [
        loadRow("messages a second", ({ messages }) => number(messages)),
        loadRow("deliveries a second", ({ deliveries }) => number(deliveries)),
        loadRow("devices connected", ({ connected }) => number(connected)),
        loadRow("sign-ins a second", ({ signIns }) => number(signIns)),
      ],
    ),
    "",
    "## What it takes",
    "",
    ...table(
      ["", ...names],
      ["", ...names.map(() => "r")],
      [
        needRow("cores, fully used, over a file", ({ cores }) => number(cores)),
        needRow("cores, fully used, over PostgreSQL", ({ coresShared }) => number(coresShared)),
        needRow("processes, each with a core", ({ processes }) => number(processes)),
        needRow("cores of PostgreSQL, fully used", ({ databaseCores }) => number(databaseCores)),
        needRow("memory of all servers", ({ memoryBytes }) => bytes(memoryBytes, true)),
        needRow("memory of the proxies that end TLS", ({ proxyBytes }) => bytes(proxyBytes, true)),
        needRow("or, where the servers end TLS, memory of theirs for it", ({ ownTlsBytes }) =>
          bytes(ownTlsBytes, true),
        ),
        needRow("disk: letters that wait", ({ waitingBytes }) => bytes(waitingBytes)),
        needRow("disk: history of a year", ({ vaultBytes }) => bytes(vaultBytes)),
        needRow("disk or bucket: files", ({ fileBytes }) => bytes(fileBytes)),
        needRow("network: letters", ({ bitsASecond }) => bits(bitsASecond)),
        needRow("network: files", ({ fileBitsASecond }) => bits(fileBitsASecond)),
        needRow("CPU until all are back at one process", ({ returnSeconds }) => `${number(returnSeconds)} s`),
      ],
    ),
    "",
    "## What breaks first, and what then carries it",
    "",
    ...table(
      ["people", "what carries them", "what broke in the step before", "what breaks first as it grows", "at about"],
      ["", "", "", "", "r"],
      columns.map(({ name, load, stage, broken }) => {
        const next = fullest(stage);
        return [
          name,
          stage.name,
          broken === undefined ? "nothing" : `${broken.what} (${times(broken.full)})`,
          next === undefined ? "no machine: how many homes can be found" : `${next.what} (${times(next.full)})`,
          next === undefined ? "" : `${number(load.users / next.full)} people`,
        ];
      }),
    ),
    "",
    "A part that is 1 × full is full. How full each is:",
    "",
    ...partsTable(columns),
    "",
    "One machine, however small its load, is one machine: when it is gone, so is home until it is back, and what the disk held is what the backup holds. That is why three may be wanted long before one is full.",
    "Homes speak to each other over PostgreSQL too (PE60), each with one line to another (PE61): what two of them say is one process's work at a time.",
    "",
    ...channelsText(channelCosts, ofChannels),
  ].join("\n")}\n`;
}

function channelsText(costs: ChannelCosts, it: ChannelAssumptions): readonly string[] {
  const needs = channelNeedsOf(costs, it);
  const measured = Object.values(costs).filter((figure) => figure !== undefined);
  return [
    "## Channels of one home",
    "",
    `${number(it.channels)} channels, ${number(it.films)} films and ${number(it.viewers)} people who watch. Everything public is the same for all and is cached for ever or for minutes (CH17): where the network is full, a CDN or mirrors (CH70) carry films, and home sends each once.`,
    "",
    ...table(
      ["value", "what is assumed, or was measured"],
      ["r", ""],
      [
        ...Object.entries(channelsAssumed).map(([name, [, what]]) => [
          number(it[name as keyof ChannelAssumptions]),
          what,
        ]),
        ...measured.map(({ name, value, unit }) => [
          number(value),
          `${name}, ${unit}: in the place of what is assumed`,
        ]),
      ],
    ),
    "",
    ...table(
      ["what it takes", ""],
      ["", "r"],
      [
        ["films a day", number(needs.filmsADay)],
        ["films of a channel", number(needs.filmsOfAChannel)],
        ["disk: films (`--channels-gib`)", bytes(needs.filmDiskBytes)],
        ["packs, a day", bytes(needs.packBytesADay)],
        ["read by a device that begins today", bytes(needs.beginBytes)],
        ["people who watch at once in the evening", number(needs.watching)],
        ["network in the evening: films", bits(needs.filmBitsASecond)],
        ["network in the evening: packs", bits(needs.packBitsASecond)],
        ["of a machine's network", times(needs.network)],
        ["cores for films, fully used", number(needs.cores)],
        ["cores for marks, in the mean of a month", number(needs.markCores)],
      ],
    ),
  ];
}

type Column = { readonly name: string; readonly stages: ReturnType<typeof stagesOf> };

function partsTable(columns: readonly Column[]): readonly string[] {
  const rows = (columns[0] as Column).stages.flatMap(({ name, parts }, stage) =>
    parts.map(({ what }, part) => [
      part === 0 ? name : "",
      what,
      ...columns.map(({ stages }) => times(stages[stage]?.parts[part]?.full ?? 0)),
    ]),
  );
  return table(
    ["way to run it", "part", ...columns.map(({ name }) => name)],
    ["", "", ...columns.map(() => "r")],
    rows,
  );
}

function table(
  head: readonly string[],
  sides: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(sides.map((side) => (side === "r" ? "---:" : "---"))), ...rows.map(line)];
}

/** Three digits: more would claim what was never measured. */
function number(value: number): string {
  if (value === 0) return "0";
  const rounded = Number(value.toPrecision(3));
  return rounded >= 1_000 || Number.isInteger(rounded) ? Math.round(rounded).toLocaleString("en") : String(rounded);
}

function times(full: number): string {
  return full < 0.001 ? "< 0.001 ×" : `${number(full)} ×`;
}

function bytes(value: number, isMemory = false): string {
  if (isMemory) return value < 1_024 * mebi ? `${number(value / mebi)} MiB` : `${number(value / mebi / 1_024)} GiB`;
  const units = ["MB", "GB", "TB", "PB", "EB"];
  const power = Math.max(0, Math.min(units.length - 1, Math.floor(Math.log10(value / 1e6) / 3)));
  return `${number(value / 1e6 / 1_000 ** power)} ${units[power]}`;
}

function bits(value: number): string {
  return value < giga ? `${number(value / 1e6)} Mbit/s` : `${number(value / giga)} Gbit/s`;
}
