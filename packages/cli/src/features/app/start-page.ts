/**
 * Start page: takes the token of this start out of the `#`, which no request and no log holds, and opens the app
 * (docs/spec/terminal.md TE21). It is what stands before the app, so it is not part of the release. What is
 * given for it stays in the storage of this origin, which no other port shares (docs/spec/homes.md HM96).
 */
export const startHtml = `<!doctype html>
<html lang="zh-Hans"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>雁书</title><script type="module" src="/start.js"></script>
<p>请打开 yanshu app 刚才给出的地址。</p>
<p lang="en">Open the address that yanshu app has just printed.</p>
</html>
`;

export const startScript = `const [token, ...link] = location.hash.slice(1).split("~");
if (token !== "") {
  const answer = await fetch("/start", { method: "POST", body: token });
  if (answer.ok) await (await caches.open("yanshu-app-token")).put("/token", answer);
  if (!answer.ok) location.replace("/");
  else location.replace(link.length > 0 ? "/#" + link.join("~") : "/");
}
`;
