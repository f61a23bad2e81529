/**
 * Model: what so many people need, and what breaks first. Arithmetic over measured costs and stated assumptions,
 * nothing else; every number is for the evening's peak unless it says otherwise.
 */
import { type Figure, type figuresOf, first } from "./figures.ts";

/** What one thing costs, as it was measured. */
export type Costs = {
  /** A durable message to two devices, in messages a CPU-second. */
  readonly message: Figure;
  /** One more device that it is pushed to, in pushes a CPU-second. */
  readonly push: Figure;
  /** A device that signs in and catches up, µs of CPU. */
  readonly signIn: Figure;
  /** The program by itself, MiB. */
  readonly program: Figure;
  /** A letter that waits, bytes; undefined as long as it was not measured. */
  readonly stored: Figure | undefined;
  /** A device that is connected, with both its sockets, bytes; undefined as long as it was not measured. */
  readonly device: Figure | undefined;
  /** Transactions on disk, one after another. */
  readonly commits: Figure;
  /** Over PostgreSQL, where who writes to each other is at different servers: messages a CPU-second of the servers. */
  readonly overPostgres: Figure;
  /** µs of PostgreSQL's CPU a message, there. */
  readonly database: Figure;
};

export function costsOf(figures: ReturnType<typeof figuresOf>, cluster: ReturnType<typeof figuresOf>): Costs {
  return {
    message: first(figures, "pair: durable messages per server CPU-second"),
    push: first(figures, "fanout: alone, pushes per server CPU-second"),
    signIn: first(figures, "storm: server CPU a device", "idle: server CPU a sign-in"),
    program: first(figures, "idle: server RSS with nobody"),
    stored: figures.get("disk: a stored text of five letters"),
    device: figures.get("idle: RSS a device"),
    commits: first(figures, "raw: commits on disk a second"),
    overPostgres: first(cluster, "spread: 4 servers, across: messages a CPU-second of all gateways"),
    database: first(cluster, "spread: 4 servers, across: CPU of PostgreSQL, a message"),
  };
}

/** What people do, and what machines can: nothing of it was measured here. */
export type Assumptions = {
  readonly messagesADay: number;
  readonly peak: number;
  readonly people: number;
  readonly devices: number;
  readonly spike: number;
  readonly connected: number;
  readonly opensADay: number;
  readonly daysWaiting: number;
  readonly letterBytes: number;
  readonly deviceBytes: number;
  readonly proxyBytes: number;
  readonly ownTlsBytes: number;
  readonly frameBytes: number;
  readonly filesADay: number;
  readonly fileBytes: number;
  readonly fileDays: number;
  readonly vaultShare: number;
  readonly vaultBytes: number;
  readonly busy: number;
  readonly socketsMax: number;
  readonly returnSeconds: number;
  readonly lateSeconds: number;
  readonly diskBytes: number;
  readonly wireBits: number;
  readonly postgresASecond: number;
  readonly databaseCores: number;
  readonly serversMax: number;
  readonly nodesMax: number;
};

export type Load = {
  readonly users: number;
  readonly messages: number;
  readonly deliveries: number;
  readonly connected: number;
  readonly signIns: number;
};

const daySeconds = 86_400;
/** One that is signed in and receives, and one that is not and posts (docs/spec/delivery.md DS30). */
const socketsOfADevice = 2;
const yearDays = 365;

export function loadOf(users: number, it: Assumptions): Load {
  const messages = (users * it.messagesADay * it.peak) / daySeconds;
  return {
    users,
    messages,
    deliveries: messages * it.people * it.devices,
    connected: users * it.devices * it.connected,
    signIns: (users * it.devices * it.opensADay * it.peak) / daySeconds,
  };
}

export type Needs = {
  /** CPU of the servers, in cores that are fully used. */
  readonly cores: number;
  /** The same over PostgreSQL. */
  readonly coresShared: number;
  /** Processes, each with a core of which a part is left free. */
  readonly processes: number;
  readonly databaseCores: number;
  readonly memoryBytes: number;
  /** Of what ends TLS before the servers. */
  readonly proxyBytes: number;
  /** Of the servers, in the place of those: they end TLS themselves. */
  readonly ownTlsBytes: number;
  readonly waitingBytes: number;
  /** History of a year in the vaults. */
  readonly vaultBytes: number;
  readonly fileBytes: number;
  readonly bitsASecond: number;
  readonly fileBitsASecond: number;
  /** Until all who were connected are back at one process. */
  readonly returnSeconds: number;
};

export function needsOf(load: Load, costs: Costs, it: Assumptions): Needs {
  const perMessage = 1 / costs.message.value;
  const more = load.deliveries - 2 * load.messages;
  const signIns = load.signIns * costs.signIn.value * 1e-6;
  const cores = load.messages * perMessage + more / costs.push.value + signIns;
  const coresShared = load.messages / costs.overPostgres.value + more / costs.push.value + signIns;
  const processes = Math.max(
    1,
    Math.ceil(coresShared / it.busy),
    Math.ceil((load.connected * socketsOfADevice) / it.socketsMax),
  );
  const lettersADay = load.users * it.messagesADay;
  const filesADay = load.users * it.filesADay * it.fileBytes;
  return {
    cores,
    coresShared,
    processes,
    databaseCores: load.messages * costs.database.value * 1e-6,
    memoryBytes: load.connected * (costs.device?.value ?? it.deviceBytes) + processes * costs.program.value * 1_048_576,
    proxyBytes: load.connected * socketsOfADevice * it.proxyBytes,
    ownTlsBytes: load.connected * socketsOfADevice * it.ownTlsBytes,
    waitingBytes: lettersADay * it.daysWaiting * (costs.stored?.value ?? it.letterBytes),
    vaultBytes: load.users * it.vaultShare * it.messagesADay * (1 + it.people) * yearDays * it.vaultBytes,
    fileBytes: filesADay * it.fileDays,
    bitsASecond: (load.messages + load.deliveries) * it.frameBytes * 8,
    fileBitsASecond: ((filesADay * (1 + it.people)) / daySeconds) * it.peak * 8,
    returnSeconds: load.connected * costs.signIn.value * 1e-6,
  };
}

/** How full each part of a way to run it is: 1 is full. */
export type Part = { readonly what: string; readonly full: number };
export type Stage = { readonly name: string; readonly parts: readonly Part[] };

/** From the simplest way to run it to the largest. */
export function stagesOf(load: Load, needs: Needs, costs: Costs, it: Assumptions): readonly [Stage, ...Stage[]] {
  // Whoever waits at most so long in the minute of the spike does not notice more than a slow evening.
  const inSpike = (full: number) => (full * it.spike) / (1 + it.lateSeconds / 60);
  const database = load.messages / it.postgresASecond;
  const databaseCpu = needs.databaseCores / (it.databaseCores * it.busy);
  // Nobody takes letters while a device comes or goes, for as long as a commit takes (docs/spec/delivery.md DS164);
  // here each by itself.
  const moves = {
    what: "devices that come and go, one commit each",
    full: (2 * load.signIns) / costs.commits.value,
  };
  const stored = needs.waitingBytes + needs.vaultBytes;
  return [
    {
      name: "one server, everything in its folder",
      parts: [
        { what: "its core", full: needs.cores },
        { what: "its core in the minute of New Year", full: inSpike(needs.cores) },
        { what: "sockets of one process", full: (load.connected * socketsOfADevice) / it.socketsMax },
        { what: "all devices coming back after a restart", full: needs.returnSeconds / it.returnSeconds },
        { what: "the disk", full: (stored + needs.fileBytes) / it.diskBytes },
        { what: "the network", full: (needs.bitsASecond + needs.fileBitsASecond) / it.wireBits },
      ],
    },
    {
      name: "several servers, one PostgreSQL, NATS, a bucket",
      parts: [
        { what: "PostgreSQL's writing", full: database },
        { what: "PostgreSQL's writing in the minute of New Year", full: inSpike(database) },
        { what: "PostgreSQL's CPU", full: databaseCpu },
        { what: "PostgreSQL's CPU in the minute of New Year", full: inSpike(databaseCpu) },
        moves,
        { what: "PostgreSQL's disk", full: stored / it.diskBytes },
        { what: "servers that one PostgreSQL has connections for", full: needs.processes / it.serversMax },
      ],
    },
    {
      name: "PostgreSQL spread by gate and device (Citus or YugabyteDB), NATS, a bucket",
      parts: [
        { what: "nodes' writing", full: database / it.nodesMax },
        { what: "nodes' writing in the minute of New Year", full: inSpike(database) / it.nodesMax },
        { what: "nodes' CPU in the minute of New Year", full: inSpike(databaseCpu) / it.nodesMax },
        moves,
        { what: "nodes' disks", full: stored / it.diskBytes / it.nodesMax },
      ],
    },
    { name: "many homes, each as above", parts: [] },
  ];
}

export function fullest({ parts }: Stage): Part | undefined {
  return parts.toSorted((one, other) => other.full - one.full)[0];
}

/** The first stage of which no part is more than full, and what breaks in the one before. */
export function carried(stages: readonly [Stage, ...Stage[]]): {
  readonly stage: Stage;
  readonly broken: Part | undefined;
} {
  let broken: Part | undefined;
  for (const stage of stages) {
    const worst = fullest(stage);
    if (worst === undefined || worst.full <= 1) return { stage, broken };
    broken = worst;
  }
  return { stage: stages[0], broken };
}
