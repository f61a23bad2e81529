/**
 * Chunks: which modules travel together. Every file that a page asks for costs a weak line a round trip, so there are few;
 * but what a first screen needs waits for nothing else (WE12).
 */
type Graph = {
  readonly getModuleInfo: (id: string) => { readonly importedIds: readonly string[] } | null;
};

/** What the first frame needs: each of these screens may be the first that a page shows. */
const first = ["main.tsx", "screens/welcome.tsx", "screens/chats.tsx", "screens/conversation.tsx"];
/** What is loaded ahead, once the first screen stands. */
const ahead = ["arriving", "people", "self", "talking"].map((name) => `parts/${name}.ts`);

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

  return {
    first(id: string, graph: Graph): string | undefined {
      const screens = needing(first, id, graph);
      const isAlone = screens.length === 1 && needing(ahead, id, graph).length === 0;
      return screens.length === 0 || isAlone ? undefined : `first-${screens.map(nameOf).join("-")}`;
    },
    ahead: (id: string, graph: Graph) => (needing(ahead, id, graph).length > 1 ? "ahead" : undefined),
  };
}

const nameOf = (file: string) => file.replace(/^.*\/|\.tsx$/g, "");
