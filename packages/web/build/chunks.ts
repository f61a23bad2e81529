/**
 * Chunks: which modules travel together. Every file that a page asks for costs a weak line a round trip, so there are
 * few; but what a first screen needs waits for nothing else (WE12).
 */
import { filesOfPart, partFiles } from "./parts.ts";

type Graph = {
  readonly getModuleInfo: (
    id: string,
  ) => { readonly importedIds: readonly string[]; readonly importers: readonly string[] } | null;
};

const conversation = "screens/conversation.tsx";
/** What the first frame needs: each of these screens may be the first that a page shows. */
const first = ["main.tsx", "screens/welcome.tsx", "screens/chats.tsx", conversation];
/** What features add to the screen of a conversation: it comes with it (docs/spec/web.md WE94). */
const reading = "reading";
/** Names the chunk of a module that several of these need; undefined: it travels with the one that needs it. */
export function chunksOf(source: string) {
  const known = new Map<string, ReadonlySet<string>>();

  /** All that a file imports, and what that imports. */
  function reachedFrom(file: string, graph: Graph): ReadonlySet<string> {
    const before = known.get(file);
    if (before !== undefined) return before;
    const reached = new Set<string>();
    known.set(file, reached);
    const waiting = [`${source}/${file}`];
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      if (reached.has(id)) continue;
      reached.add(id);
      waiting.push(...(graph.getModuleInfo(id)?.importedIds.filter((one) => one.startsWith(source)) ?? []));
    }
    return reached;
  }

  const needing = (files: readonly string[], id: string, graph: Graph) =>
    files.filter((file) => reachedFrom(file, graph).has(id));
  const parts = Object.keys(partFiles).map((name) => [name, filesOfPart(source, name)] as const);
  const read = filesOfPart(source, reading);
  const isReading = (id: string, graph: Graph) =>
    id === `${source}/parts/${reading}.js` || needing(read, id, graph).length > 0;
  /** From which places it is opened. */
  const partsWith = (id: string, graph: Graph) =>
    parts.flatMap(([name, entries]) => (name === reading || needing(entries, id, graph).length === 0 ? [] : [name]));

  /** A module of one place, without a library, that others need too: it would be a file of its own. */
  function isShared(id: string, part: string, graph: Graph): boolean {
    const info = graph.getModuleInfo(id);
    if (info === null || info.importedIds.some((one) => !one.startsWith(source))) return false;
    const entries = filesOfPart(source, part);
    return info.importers.some((one) => one.startsWith(source) && needing(entries, one, graph).length === 0);
  }

  return {
    first(id: string, graph: Graph): string | undefined {
      const shown = needing(first, id, graph);
      const isRead = isReading(id, graph);
      const screens = isRead && !shown.includes(conversation) ? [...shown, conversation] : shown;
      if (isRead && screens.length === 1) return `first-${nameOf(conversation)}`;
      const isAlone = screens.length === 1 && partsWith(id, graph).length === 0;
      return screens.length === 0 || isAlone ? undefined : `first-${screens.map(nameOf).join("-")}`;
    },
    /**
     * What is loaded ahead, once the first screen stands, and opened from several places or needed by several
     * files; and all styles of a conversation's parts.
     */
    ahead(id: string, graph: Graph): string | undefined {
      const from = partsWith(id, graph);
      const [part] = from;
      if (part === undefined) return undefined;
      const isStyle = id.endsWith(".css") && from.includes("talking");
      return from.length > 1 || isStyle || isShared(id, part, graph) ? "ahead" : undefined;
    },
  };
}

const nameOf = (file: string) => file.replace(/^.*\/|\.tsx$/g, "");
