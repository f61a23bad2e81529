/** Running features: the features of one server, started in the order of the list (docs/spec/rooms.md RO13). */
import type { CallResult, GateId } from "@yanshu/wire";
import type {
  Acts,
  CallRules,
  Carry,
  CarryRefusal,
  FeatureHttp,
  FeatureServer,
  FeatureSocket,
  Provided,
  RunningFeature,
  Service,
} from "../feature.ts";
import { allFeatures, type Log } from "../log/feature-tables.ts";
import { type AccountRef, type DeviceRef, LogAwayError } from "../log/log.ts";
import type { FeatureCounts } from "../operator/counts.ts";
import type { ServerConfig } from "./config.ts";
import type { Emptying } from "./emptying.ts";
import type { Faults } from "./faults.ts";
import { refuse } from "./outcome.ts";

/** How long `stopped` waits for each feature. */
const stoppedMsMax = 5_000;

type Shared = Omit<FeatureServer<object, unknown>, "tables" | "config" | "leave" | "ask">;

export class RunningFeatures {
  private running: readonly RunningFeature[] = [];
  private ringing: readonly ((device: DeviceRef, gate: GateId) => void)[] = [];
  private carriers: readonly RunningFeature[] = [];
  private waits: readonly ((device: DeviceRef) => void)[] = [];
  private sockets: readonly FeatureSocket[] = [];
  /** The longest path first. */
  private https: readonly FeatureHttp[] = [];
  private readonly faults: Faults;
  private readonly stoppedMs: number;

  /** @param stoppedMs how long `stopped` waits for each feature. */
  constructor(faults: Faults, stoppedMs = stoppedMsMax) {
    this.faults = faults;
    this.stoppedMs = stoppedMs;
  }

  /** @param provided the services of the core. */
  start(
    log: Log,
    emptying: Pick<Emptying, "ofFeature">,
    config: ServerConfig,
    shared: Shared,
    provided: readonly Provided[],
  ): void {
    const services = new Services(provided);
    this.running = allFeatures.map((feature) => {
      const { name } = feature;
      const leave = (account: AccountRef, over: () => void) => emptying.ofFeature(name, account, over);
      const tables = log.features[name as keyof Log["features"]];
      const running = feature.serve({ ...shared, config, leave, tables, ask: services.ask });
      services.add(running.provides ?? []);
      return running;
    });
    this.carriers = this.running.filter(({ carry }) => carry !== undefined);
    this.waits = this.running.flatMap(({ messageWaits }) => messageWaits ?? []);
    this.ringing = this.running.flatMap(({ rings }) => rings ?? []);
    const https = this.running.flatMap(({ http = [] }) => http);
    this.https = https.sort((a, b) => b.path.length - a.path.length);
    this.sockets = this.running.flatMap(({ sockets }) => sockets ?? []);
  }

  get calls(): readonly CallRules[] {
    return this.running.map(({ calls }) => calls);
  }

  /** Tells features that a message waits for a device that has no connection. */
  readonly messageWaits = (device: DeviceRef): void => {
    for (const wait of this.waits) wait(device);
  };

  /** Inside the commit that accepts a post: gives features its parts for other servers. */
  readonly carry: Carry = (...post) => {
    for (const { carry } of this.carriers) carry?.(...post);
  };

  /** Asks features, before a post is stored, whether they refuse its parts for other servers. */
  readonly carryRefusal: CarryRefusal = (...post) => {
    for (const { carryRefusal } of this.carriers) {
      const refusal = carryRefusal?.(...post);
      if (refusal !== undefined) return refusal;
    }
    return this.carriers.length === 0 ? refuse("peer-refused") : undefined;
  };

  /** Tells features that what `carry` wrote is on disk. */
  readonly carried = (): void => {
    for (const { carried } of this.carriers) if (carried !== undefined) this.faults.guarded("other servers", carried);
  };

  /** Tells features that a call rings a device. */
  readonly rings = (device: DeviceRef, gate: GateId): void => {
    for (const ring of this.ringing) ring(device, gate);
  };

  /** The fields that features add to the answer of `hello`. */
  get hello(): Partial<CallResult<"hello">> {
    return Object.assign({}, ...this.running.map(({ hello }) => hello ?? {}));
  }

  socketAt(path: string): FeatureSocket | undefined {
    return this.sockets.find((socket) => socket.path === path);
  }

  httpAt(path: string): FeatureHttp | undefined {
    return this.https.find((http) => path.startsWith(http.path));
  }

  /** The operator's commands of all features. */
  get acts(): Acts {
    return Object.assign({}, ...this.running.map(({ acts }) => acts ?? {}));
  }

  /** Tells features that another server over the same database called, or that a second has passed. */
  readonly called = (): void => {
    for (const { called } of this.running) if (called !== undefined) this.faults.guarded("servers beside", called);
  };

  readonly eachMinute = (): void => {
    for (const { eachMinute } of this.running)
      if (eachMinute !== undefined) this.faults.guarded("a feature's minute", eachMinute);
  };

  /** The counts of all features; NaN for those that cannot be read. @throws LogAwayError */
  counts(): FeatureCounts {
    return Object.assign({}, ...allFeatures.map(({ metrics = {} }, i) => this.countsOf(this.running[i], metrics)));
  }

  private countsOf(running: RunningFeature | undefined, metrics: object): Readonly<Record<string, number>> {
    try {
      return running?.counts?.() ?? {};
    } catch (error) {
      if (error instanceof LogAwayError) throw error;
      this.faults.caught("counting", error);
      return Object.fromEntries(Object.keys(metrics).map((name) => [name, Number.NaN]));
    }
  }

  drain(): void {
    for (const { drain } of this.running) if (drain !== undefined) this.faults.guarded("a feature that goes", drain);
  }

  /** Waits for each feature to end, for at most `stoppedMs`. A feature that fails does not keep others from ending. */
  async stopped(): Promise<void> {
    for (const { stopped } of this.running) if (stopped !== undefined) await this.within(this.stoppedMs, stopped);
  }

  stop(): void {
    for (const { stop } of this.running) if (stop !== undefined) this.faults.guarded("a feature that stops", stop);
  }

  private async within(ms: number, stopped: () => Promise<void>): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error("it does not end")), ms);
    });
    try {
      await Promise.race([stopped(), late]);
    } catch (error) {
      this.faults.caught("a feature that stops", error);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Services by key. A feature that asks must come after the provider in the list, or it would get undefined. */
export class Services {
  private readonly provided = new Map<Service<unknown>, unknown>();
  private readonly missed = new Set<Service<unknown>>();

  constructor(provided: readonly Provided[]) {
    this.add(provided);
  }

  readonly ask = <T>(of: Service<T>): T | undefined => {
    if (!this.provided.has(of)) this.missed.add(of);
    return this.provided.get(of) as T | undefined;
  };

  /** @throws if two provide the same service, or if it was asked for before. */
  add(provided: readonly Provided[]): void {
    for (const { of, is } of provided) {
      if (this.provided.has(of)) throw new Error(`invariant: two provide ${of.name}`);
      if (this.missed.has(of)) throw new Error(`invariant: ${of.name} was asked for before it was provided`);
      this.provided.set(of, is);
    }
  }
}
