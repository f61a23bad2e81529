/**
 * Program: its modules, pages and components, made known to glass-easel (docs/spec/programs.md PR6). Scripts of a page
 * run when it is first opened.
 */
import { type CodeSpace, type ComponentEnv, MiniProgramEnv } from "glass-easel-miniprogram-adapter";
import type { Manifest } from "../format/package.ts";
import { type Fault, optionsOf } from "./called.ts";
import type { EveryPart } from "./every-part.ts";

/** What the code of a package fills (`self.__program`). */
export type Code = {
  readonly modules: Record<string, (...given: unknown[]) => void>;
  templates: Readonly<Record<string, unknown>>;
};
type Definition = Record<string, unknown>;

export function spaceOf(manifest: Manifest, code: Code, sheets: ReadonlySet<string>) {
  const env = new MiniProgramEnv();
  const space = env.createCodeSpace("", true);
  if (sheets.has("app")) space.addStyleSheet("app", "app");
  for (const { path, isPage, config, scope } of manifest.parts) {
    const said: Record<string, unknown> = { ...config };
    // A page is no component to WeChat unless it says how its styles are kept apart.
    if (isPage && said["styleIsolation"] === undefined) delete said["component"];
    space.addComponentStaticConfig(path, said as never);
    const template = { groupList: code.templates, content: code.templates[path] };
    space.addCompiledTemplate(path, template as never);
    space.addStyleSheet(path, sheets.has(path) ? path : undefined, scope === "" ? undefined : scope);
  }
  return { env, space };
}

export type ModulePorts = {
  readonly manifest: Manifest;
  readonly code: Code;
  readonly space: CodeSpace;
  readonly wx: Readonly<Record<string, unknown>>;
  readonly currentPages: () => readonly unknown[];
  readonly fault: Fault;
  readonly everyPart: EveryPart;
};

export function programModules({ manifest, code, space, wx, currentPages, fault, everyPart }: ModulePorts) {
  const loaded = new Map<string, { exports: unknown }>();
  const registered = new Set<string>();
  const parts = new Map(manifest.parts.map((part) => [part.path, part]));
  let app: Definition = {};
  let env: ComponentEnv | undefined;
  let hasRegistered = false;
  const usual = new Map<string, unknown>();
  // The name by which older code reaches what is global: nothing that a page has.
  const globals: Record<string, unknown> = { wx, console, Math, Date, JSON, Promise, Array, Object, String, Number };
  Object.assign(globals, { setTimeout, clearTimeout, setInterval, clearInterval });

  function register(kind: "Page" | "Component", definition: unknown): unknown {
    hasRegistered = true;
    if (env === undefined) throw new Error(`${kind}() is called outside a page's or component's own script`);
    if (kind === "Component" && definition === undefined) return env.Component();
    const own = tidied(definition);
    if (kind === "Page") return env.Page({ ...everyPart.methods, ...own } as never);
    const behaviors = Array.isArray(own["behaviors"]) ? own["behaviors"] : [];
    // The first one: what a component or its own behaviors call so is theirs.
    return env.Component({ ...own, behaviors: [builtIn(ofEveryPart), ...behaviors] } as never);
  }

  function behavior(definition: unknown): unknown {
    return env?.Behavior(tidied(definition) as never);
  }

  /** Brings a definition to the forms that glass-easel takes; WeChat takes more. */
  function tidied(given: unknown): Definition {
    const definition = optionsOf(given) as Definition;
    const properties = optionsOf(definition["properties"]) as Definition;
    for (const [name, property] of Object.entries(properties)) properties[name] = propertyOf(property);
    const behaviors = definition["behaviors"];
    if (Array.isArray(behaviors))
      definition["behaviors"] = behaviors.map((one: unknown) => (typeof one === "string" ? builtIn(one) : one));
    return definition;
  }

  function builtIn(name: string): unknown {
    if (!usual.has(name)) {
      const properties = name === "wx://form-field" ? { name: String, value: null } : {};
      usual.set(name, env?.Behavior({ properties, ...(name === ofEveryPart ? everyPart : {}) } as never));
    }
    return usual.get(name);
  }

  function moduleAt(path: string): unknown {
    const before = loaded.get(path);
    if (before !== undefined) return before.exports;
    const run = code.modules[path];
    if (run === undefined) throw new Error(`module "${path}" is not there`);
    const module = { exports: {} as unknown };
    loaded.set(path, module);
    const asked = (spec: string): unknown => {
      const found = manifest.modules[path]?.[spec];
      if (found === undefined) throw new Error(`module "${spec}" is not defined, required by ${path}`);
      return moduleAt(found);
    };
    asked.async = (spec: string) => Promise.resolve().then(() => asked(spec));
    run(
      asked,
      module,
      module.exports,
      wx,
      (definition: unknown) => {
        app = optionsOf(definition) as Definition;
      },
      (definition: unknown) => register("Page", definition),
      (definition: unknown) => register("Component", definition),
      behavior,
      () => app,
      currentPages,
      globals,
      globals,
    );
    return module.exports;
  }

  function load(path: string): void {
    if (registered.has(path)) return;
    registered.add(path);
    const part = parts.get(path);
    if (part === undefined) return;
    for (const used of Object.values(part.config.usingComponents ?? {})) load(used.slice(1));
    for (const generic of Object.values(optionsOf(part.config["componentGenerics"]))) {
      const usualOne = optionsOf(generic)["default"];
      if (typeof usualOne === "string") load(usualOne.slice(1));
    }
    hasRegistered = false;
    within(path, () => moduleAt(path));
    if (!hasRegistered) within(path, () => register("Component", {}));
  }

  function within(path: string, run: () => void): void {
    try {
      space.componentEnv(path, (given) => {
        const outer = env;
        env = given;
        try {
          run();
        } finally {
          env = outer;
        }
      });
    } catch (error) {
      fault(path, error);
    }
  }

  function callApp(name: string, ...args: unknown[]): void {
    const method = app[name];
    if (typeof method !== "function") return;
    try {
      const returned: unknown = method.apply(app, args);
      if (returned instanceof Promise) returned.catch((error: unknown) => fault(`app ${name}`, error));
    } catch (error) {
      fault(`app ${name}`, error);
    }
  }

  return {
    load,
    callApp,
    begin(): void {
      if (code.modules["app"] !== undefined) within("app", () => moduleAt("app"));
    },
  };
}

/** The behavior of our own that every component has. No program can name it. */
const ofEveryPart = "";
const types: readonly unknown[] = [String, Number, Boolean, Object, Array, Function, null];

function propertyOf(given: unknown): unknown {
  if (Array.isArray(given)) return { type: typeOf(given[0]), optionalTypes: given.slice(1).filter(isType) };
  if (typeof given !== "object" || given === null) return typeOf(given);
  const property = given as Definition;
  const said = property["type"];
  const others = Array.isArray(property["optionalTypes"]) ? property["optionalTypes"] : [];
  if (Array.isArray(said)) {
    property["type"] = typeOf(said[0]);
    property["optionalTypes"] = [...said.slice(1), ...others].filter(isType);
  } else property["type"] = typeOf(said);
  const observer = property["observer"];
  if (typeof observer === "string")
    property["observer"] = function (this: Record<string, unknown>, ...args: unknown[]) {
      const method = this[observer];
      return typeof method === "function" ? method.apply(this, args) : undefined;
    };
  return property;
}

function isType(value: unknown): boolean {
  return types.includes(value);
}

function typeOf(value: unknown): unknown {
  return isType(value) ? value : null;
}
