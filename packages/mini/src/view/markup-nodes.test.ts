/** Markup of programs, read as nodes (docs/spec/programs.md PR64). */
import { expect, test } from "bun:test";
import { type MarkupNode, markupLimits, nodesOf } from "./markup-nodes.ts";

const shown = (nodes: readonly MarkupNode[]): string =>
  nodes.map((one) => ("text" in one ? one.text : `${one.name}(${shown(one.children)})`)).join("");

test("[PR64] markup is nodes: what is not closed ends with what holds it, and scripts are no words", () => {
  expect(shown(nodesOf("<p>一<b>二</p>三<br>四<img src='a>b.png'/>五"))).toBe("p(一b(二))三br()四img()五");
  expect(shown(nodesOf("<ul><li>一<li>二</ul></div>三"))).toBe("ul(li(一)li(二))三");
  expect(shown(nodesOf("a<SCRIPT>b<p>c</Script>d<style>e"))).toBe("ad");
  expect(shown(nodesOf("1 < 2 <!-- <p> --> 3 <- 4<"))).toBe("1 < 2  3 <- 4<");
  expect(nodesOf(`<TD ColSpan=2 style="a:&quot;b" title='&#26790;&#x68a8;&nope;'>`)).toEqual([
    { name: "td", attrs: { colspan: "2", style: 'a:"b', title: "梦梨&nope;" }, children: [] },
  ]);
});

test("[PR64] markup of any length or depth is read to its limits", () => {
  let deepest = 0;
  let count = 0;
  const walk = (nodes: readonly MarkupNode[], depth: number): void => {
    deepest = Math.max(deepest, depth);
    for (const one of nodes) {
      count += 1;
      if ("children" in one) walk(one.children, depth + 1);
    }
  };
  walk(nodesOf("<i>".repeat(90_000)), 0);
  expect([deepest, count]).toEqual([markupLimits.depthMax + 1, markupLimits.nodesMax]);
  const long = nodesOf("字".repeat(markupLimits.charactersMax + 1));
  expect(shown(long)).toHaveLength(markupLimits.charactersMax);
  for (const hard of ['<a "', "<a '\"", "<!--", "<", "<a =", "</"]) nodesOf(hard.repeat(30_000));
});
