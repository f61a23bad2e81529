/**
 * Arrows: enforces who may import whom and what a room may touch (docs/ARCHITECTURE.md), for every
 * source file of the tree. Imports of types count, and so do dynamic ones: what a room cannot name,
 * it cannot come to depend on. Run as a program it checks this tree; `arrows.test.ts` breaks each
 * rule in a made-up one.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import {
  adapters,
  arrows,
  type FeatureRule,
  type FeatureRules,
  featureRules,
  forbiddenInPortable,
  isAdapterFile,
  isBuildSetting,
  isCompositionRoot,
  isFromSpecAlone,
  isPortable,
  isRoom,
  isTest,
  mayUseBun,
  mayUseNode,
  type RoomOrder,
  type RoomOrders,
  roomOrders,
  secondClient,
} from "./arrows-rules.ts";
import { globalsOf, importsOf, parse } from "./arrows-scan.ts";

export type Violation = { readonly path: string; readonly line: number; readonly what: string };

type SourceFile = {
  readonly path: string;
  readonly imports: readonly { readonly specifier: string; readonly line: number }[];
};

/** Every violation in the tree at `root`, in the order of paths and lines. */
export function violationsIn(
  root: string,
  features: FeatureRules = featureRules,
  orders: RoomOrders = roomOrders,
): readonly Violation[] {
  const packages = readPackages(root);
  const violations: Violation[] = [];
  const files: SourceFile[] = [];
  for (const path of sourcePaths(root)) {
    const report = (line: number, what: string): void => {
      violations.push({ path, line, what });
    };
    const source = parse(readFileSync(join(root, path), "utf8"), path);
    const imports: { specifier: string; line: number }[] = [];
    for (const { specifier, line } of importsOf(source)) {
      if (specifier === undefined) {
        if (path.startsWith("packages/")) report(line, "imports a name made at run time, which nothing can check");
        continue;
      }
      imports.push({ specifier, line });
      const what = importFault(path, specifier, packages);
      if (what !== undefined) report(line, what);
    }
    for (const { name, line } of globalsOf(source, forbiddenInPortable)) {
      if (isPortable(path)) report(line, `touches ${name}, which must come in as a port`);
      else if (name === "Bun" && !mayUseBun(path) && !isTest(path)) report(line, "touches Bun outside its places");
    }
    if (isOutsideSrc(path)) report(1, "is code outside its package's src/");
    files.push({ path, imports });
  }
  const known = new Set(files.map(({ path }) => path));
  for (const file of files) {
    for (const { specifier, line } of file.imports) {
      const target = resolveImport(file.path, specifier, known, packages);
      if (target === undefined) continue;
      const what = featureFault(file.path, target, features) ?? orderFault(file.path, target, orders);
      if (what !== undefined) violations.push({ path: file.path, line, what });
    }
  }
  violations.push(
    ...packageFaults(packages),
    ...cycles(files, known, packages),
    ...goneExceptions(files, features),
    ...goneArrows(files, (path, specifier) => resolveImport(path, specifier, known, packages), orders),
  );
  return violations.sort((a, b) => (a.path === b.path ? a.line - b.line : a.path < b.path ? -1 : 1));
}

type Package = {
  readonly folder: string;
  readonly exports: Readonly<Record<string, string>>;
  readonly dependencies: readonly string[];
};

function readPackages(root: string): ReadonlyMap<string, Package> {
  const packages = new Map<string, Package>();
  for (const folder of readdirSync(join(root, "packages")).sort()) {
    const manifest = join(root, "packages", folder, "package.json");
    if (!existsSync(manifest)) continue;
    const read = JSON.parse(readFileSync(manifest, "utf8")) as {
      exports?: Record<string, string>;
      dependencies?: Record<string, string>;
    };
    packages.set(folder, {
      folder,
      exports: read.exports ?? {},
      dependencies: Object.keys(read.dependencies ?? {}),
    });
  }
  return packages;
}

function* sourcePaths(root: string, under = ""): Generator<string> {
  const tops = under === "" ? ["bench", "packages", "tools"] : undefined;
  const entries = readdirSync(join(root, under), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (tops !== undefined && !tops.includes(entry.name)) continue;
    const path = posix.join(under, entry.name);
    if (entry.isDirectory()) {
      if (!["node_modules", "dist", "public"].includes(entry.name)) yield* sourcePaths(root, path);
    } else if (/\.[cm]?[jt]sx?$/.test(entry.name)) {
      yield path;
    }
  }
}

function isOutsideSrc(path: string): boolean {
  if (path.startsWith(secondClient)) return false;
  return path.startsWith("packages/") && path.split("/")[2] !== "src" && !isTest(path) && !isBuildSetting(path);
}

/** What is wrong with `path` importing `specifier`, or nothing. */
function importFault(path: string, specifier: string, packages: ReadonlyMap<string, Package>): string | undefined {
  if (isFromSpecAlone(path) && !staysAlone(path, specifier))
    return `imports ${specifier} into the client that is written from the spec alone`;
  if (specifier.startsWith(".")) return relativeFault(path, specifier);
  if (specifier === "bun" || specifier.startsWith("bun:")) {
    if (mayUseBun(path) || isTest(path)) return undefined; // Tests run on Bun.
    return `imports ${specifier} outside Bun's places`;
  }
  if (specifier.startsWith("node:"))
    return mayUseNode(path) ? undefined : `imports ${specifier} into code without a disk`;
  if (specifier.startsWith("@yanshu/")) return roomFault(path, specifier, packages);
  return undefined;
}

function staysAlone(path: string, specifier: string): boolean {
  if (specifier.startsWith(".")) return isFromSpecAlone(posix.join(posix.dirname(path), specifier));
  return !specifier.startsWith("@yanshu/");
}

function relativeFault(path: string, specifier: string): string | undefined {
  const target = posix.join(posix.dirname(path), specifier);
  const [top, folder] = path.split("/");
  if (top !== "packages") {
    return target.startsWith("packages/") ? `imports ${target} past its package's index` : undefined;
  }
  if (target.startsWith(`packages/${folder}/`)) {
    if (isTest(path)) return undefined;
    if (isTest(target)) return `imports ${target}, which is for tests`;
    return isPortable(path) && isAdapterFile(target) ? `imports the adapter ${target} into portable code` : undefined;
  }
  if (isTest(path) && target.startsWith("tools/")) return undefined;
  return `imports ${target}, which lies outside its package`;
}

function roomFault(path: string, specifier: string, packages: ReadonlyMap<string, Package>): string | undefined {
  const [, target = "", ...rest] = specifier.split("/");
  const exported = packages.get(target)?.exports;
  if (exported === undefined || !isRoom(target)) return `imports ${specifier}, and there is no such package`;
  const subpath = rest.length === 0 ? "." : `./${rest.join("/")}`;
  if (!(subpath in exported)) return `imports ${specifier} past that package's index`;
  const [top, room = ""] = path.split("/");
  if (top !== "packages" || !isRoom(room)) return undefined; // tools and bench may import all.
  if (target === room) return `imports its own package by name: ${specifier}`;
  if (isTest(posix.join("packages", target, exported[subpath] ?? "")) && room !== "testing" && !isTest(path))
    return `imports ${specifier}, which is for tests`;
  if (isAdapter(specifier)) {
    return isCompositionRoot(path) || isTest(path)
      ? undefined
      : `imports the adapter ${specifier}, and is no composition root`;
  }
  if (arrows[room].includes(target) || (isTest(path) && target === "testing")) return undefined;
  return `imports ${target}: there is no arrow from ${room} to ${target}`;
}

/** Which feature of its package a file belongs to; undefined for a list, and for the core. */
function featureOf(below: string, { lists }: FeatureRule): string | undefined {
  if (!below.startsWith("features/") || lists.includes(below)) return undefined;
  const [, first = ""] = below.split("/");
  return first.replace(/\..*$/, "");
}

/** What is wrong with `path` importing `target`, a file of the same package, as to features; or nothing. */
function featureFault(path: string, target: string, features: FeatureRules): string | undefined {
  const [, room = ""] = path.split("/");
  const rule = isRoom(room) ? features[room] : undefined;
  const src = `packages/${room}/src/`;
  if (rule === undefined || isTest(path) || !path.startsWith(src) || !target.startsWith(src)) return undefined;
  const [from, to] = [path.slice(src.length), target.slice(src.length)];
  const [feature, imported] = [featureOf(from, rule), featureOf(to, rule)];
  if (feature !== undefined) {
    if (feature === imported || rule.notYet.includes(feature)) return undefined;
    if (imported !== undefined) return `imports ${to}: the feature ${feature} imports no other feature`;
    const isContract = rule.contract.some((one) => (one.endsWith("/") ? to.startsWith(one) : to === one));
    return isContract
      ? undefined
      : `imports ${to}: the feature ${feature} imports nothing of the core but its contract`;
  }
  if (imported === undefined || rule.notYet.includes(imported) || rule.lists.includes(from)) return undefined;
  return `imports ${to}: features are imported by ${rule.lists.join(", ")} alone`;
}

/** The place of a file's room in the order of its package; undefined where the order knows no such room. */
function placeOf(below: string, { rooms }: RoomOrder): number | undefined {
  const at = rooms.findIndex((room) =>
    typeof room === "string" ? below.startsWith(`${room}/`) : room.files.includes(below),
  );
  return at === -1 ? undefined : at;
}

/**
 * What is wrong with `path` importing `target`, a file of the same package, as to the order of its rooms; or nothing.
 */
function orderFault(path: string, target: string, orders: RoomOrders): string | undefined {
  const [, name = ""] = path.split("/");
  const order = isRoom(name) ? orders[name] : undefined;
  const src = `packages/${name}/src/`;
  if (order === undefined || isTest(path) || !path.startsWith(src) || !target.startsWith(src)) return undefined;
  const [from, to] = [placeOf(path.slice(src.length), order), placeOf(target.slice(src.length), order)];
  if (from === undefined) return `stands in no room of ${name}`;
  if (to === undefined || to <= from) return undefined;
  const nameOf = (place: number) => {
    const room = order.rooms[place];
    return typeof room === "string" ? room : (room?.name ?? "");
  };
  const isExcused = order.back.some((arrow) => arrow.from === nameOf(from) && arrow.to === nameOf(to));
  return isExcused
    ? undefined
    : `imports ${target.slice(src.length)}: ${nameOf(from)} stands below ${nameOf(to)} in ${name}`;
}

/** An arrow that runs back, and is excused, and does not any more. */
function goneArrows(
  files: readonly SourceFile[],
  resolve: (path: string, specifier: string) => string | undefined,
  orders: RoomOrders,
): Violation[] {
  return Object.entries(orders).flatMap(([name, order]) => {
    const without: RoomOrders = { [name]: { ...order, back: [] } };
    const faults = files.flatMap(({ path, imports }) =>
      imports.flatMap(({ specifier }) => {
        const target = resolve(path, specifier);
        return target === undefined ? [] : (orderFault(path, target, without) ?? []);
      }),
    );
    return order.back
      .filter(({ from, to }) => !faults.some((fault) => fault.endsWith(`: ${from} stands below ${to} in ${name}`)))
      .map(({ from, to }) => ({
        path: "tools/arrows-rules.ts",
        line: 1,
        what: `excuses an arrow from ${from} to ${to} of ${name}, which is not there`,
      }));
  });
}

/** An exception for a feature that is not there any more. */
function goneExceptions(files: readonly SourceFile[], features: FeatureRules): Violation[] {
  return Object.entries(features).flatMap(([room, rule]) => {
    const src = `packages/${room}/src/`;
    const there = new Set(
      files.flatMap(({ path }) => (path.startsWith(src) ? (featureOf(path.slice(src.length), rule) ?? []) : [])),
    );
    if (there.size === 0) return []; // A tree without features of that package has nothing to excuse.
    return rule.notYet
      .filter((name) => !there.has(name))
      .map((name) => ({
        path: "tools/arrows-rules.ts",
        line: 1,
        what: `excuses ${name} of ${room}, which is not there`,
      }));
  });
}

function isAdapter(specifier: string): boolean {
  return (adapters as readonly string[]).includes(specifier);
}

/** A package that only declares a dependency without an arrow is one import away from using it. */
function packageFaults(packages: ReadonlyMap<string, Package>): Violation[] {
  const roots = ["web", "cli", "testing"]; // They hold composition roots, which import adapters.
  const holdsAdapters = ["mls", "store"];
  return [...packages.values()].flatMap(({ folder, dependencies }) =>
    dependencies
      .filter((name) => name.startsWith("@yanshu/"))
      .map((name) => name.slice("@yanshu/".length))
      .filter((target) => isRoom(target) && isRoom(folder) && !arrows[folder].includes(target))
      .filter((target) => !(roots.includes(folder) && holdsAdapters.includes(target)))
      .map((target) => ({
        path: `packages/${folder}/package.json`,
        line: 1,
        what: `depends on ${target}: there is no arrow from ${folder} to ${target}`,
      })),
  );
}

/** The file that an import of a file leads to, or undefined when it leads out of the tree. */
function resolveImport(
  path: string,
  specifier: string,
  known: ReadonlySet<string>,
  packages: ReadonlyMap<string, Package>,
): string | undefined {
  if (specifier.startsWith("@yanshu/")) {
    const [, folder = "", ...rest] = specifier.split("/");
    const exported = packages.get(folder)?.exports[rest.length === 0 ? "." : `./${rest.join("/")}`];
    return exported === undefined ? undefined : posix.join("packages", folder, exported);
  }
  if (!specifier.startsWith(".")) return undefined;
  const plain = posix.join(posix.dirname(path), specifier.replace(/\?.*$/, ""));
  return [plain, `${plain}.ts`, `${plain}.tsx`, `${plain}/index.ts`].find((candidate) => known.has(candidate));
}

/** Cycles between files, within a package or across; one violation for each, at its first file. */
function cycles(
  files: readonly SourceFile[],
  known: ReadonlySet<string>,
  packages: ReadonlyMap<string, Package>,
): Violation[] {
  const graph = new Map(
    files.map(({ path, imports }) => [
      path,
      imports.flatMap(({ specifier }) => resolveImport(path, specifier, known, packages) ?? []),
    ]),
  );
  const done = new Set<string>();
  const found = new Map<string, Violation>();
  const trail: string[] = [];

  function visit(path: string): void {
    const start = trail.indexOf(path);
    if (start !== -1) {
      const ring = trail.slice(start);
      const first = [...ring].sort()[0] as string;
      const from = ring.indexOf(first);
      const way = [...ring.slice(from), ...ring.slice(0, from), first].join(" → ");
      found.set(way, { path: first, line: 1, what: `is part of a cycle: ${way}` });
      return;
    }
    if (done.has(path)) return;
    trail.push(path);
    for (const next of graph.get(path) ?? []) visit(next);
    trail.pop();
    done.add(path);
  }

  for (const path of graph.keys()) visit(path);
  return [...found.values()];
}

if (import.meta.main) {
  const root = join(dirname(fileURLToPath(import.meta.url)), "..");
  const violations = violationsIn(root);
  for (const { path, line, what } of violations) console.log(`${path}:${line} ${what}`);
  console.log(`arrows: ${violations.length} violations`);
  process.exitCode = violations.length === 0 ? 0 : 1;
}
