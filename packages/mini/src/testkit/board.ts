/** A webxdc app of ours: a board on which a chat counts, with a sheet, a module, a second page and a picture. */
import { zipSync } from "fflate";

const picture = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

const texts: Readonly<Record<string, string>> = {
  "manifest.toml": 'name = "留言板"\nsource_code_url = "https://board.example"\n',
  "index.html": `<!doctype html><html><head><meta charset="utf-8"><title>Board</title>
<link rel="stylesheet" href="css/board.css"><script src="webxdc.js"></script></head><body>
<h1 id="who"></h1><p id="count">0</p><button id="add">加一</button><p id="opened"></p><img id="dot" src="dot.png" alt="">
<button id="say">说出去</button><a href="two.html">第二页</a> <a href="https://board.example/page">网页</a>
<script type="module" src="./js/board.js"></script></body></html>`,
  "two.html": '<!doctype html><title>Two</title><p>第二页到了</p><a href="index.html">回去</a>',
  "css/board.css": "#count{color:rgb(1,2,3);background:url(../dot.png)}",
  "js/board.js": `import { name } from "./name.js";
const count = document.querySelector("#count");
document.querySelector("#who").textContent = name();
localStorage.opened = Number(localStorage.opened ?? 0) + 1;
document.querySelector("#opened").textContent = "第" + localStorage.getItem("opened") + "次";
let all = 0;
await webxdc.setUpdateListener(({ payload }) => { all += payload.add; count.textContent = String(all); }, 0);
document.body.dataset.known = String(all);
document.querySelector("#add").onclick = () => webxdc.sendUpdate({ payload: { add: 1 }, info: webxdc.selfName + "加了一", summary: all + 1 + "个" }, "");
document.querySelector("#say").onclick = () => webxdc.sendToChat({ text: "我们数到" + all, file: { name: "数.txt", plainText: String(all) } });
const other = await (await fetch("js/name.js")).text();
document.body.dataset.read = String(other.length);`,
  "js/name.js": `export const name = () => webxdc.selfName + "的板";`,
};

export function board(): Uint8Array {
  return appOf(texts, { "dot.png": Uint8Array.from(atob(picture), (char) => char.charCodeAt(0)) });
}

/** An app of webxdc that has these texts, and other files, by path. */
export function appOf(
  all: Readonly<Record<string, string>>,
  more: Readonly<Record<string, Uint8Array>> = {},
): Uint8Array {
  const files = Object.entries(all).map(([path, text]) => [path, new TextEncoder().encode(text)] as const);
  return zipSync({ ...Object.fromEntries(files), ...more });
}
