/**
 * `npm run dev [-- FLAG…]`: the server, started again when its code changes, and the web app with hot reload, which
 * hands socket requests on to it. Two people who are contacts live there from the first start. Flags are the server's;
 * its data stands apart from that of `npm start`.
 */
import { join } from "node:path";
import { seedPeople } from "./dev-people.ts";
import { bunPath, nodePath, root } from "./setup.mjs";

const port = "8081";
/** Where the web app is served with hot reload: the name of this home, for links and browsers alike. */
const domain = "localhost:5173";
const origin = `http://${domain}`;
const data = join(root, ".cache", "dev-data");
const flags = ["--port", port, "--data", data, "--domain", domain, "--origin", origin, ...process.argv.slice(2)];

function start(command: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return Bun.spawn([...command], {
    cwd: root,
    stdio: ["inherit", "inherit", "inherit"],
    env: { ...process.env, ...env },
  });
}

const children = [
  start([bunPath, "--watch", "--no-clear-screen", "packages/server/src/main.ts", ...flags]),
  start([nodePath, "tools/dev-web.mjs"], { YANSHU_DEV_SERVER: `http://127.0.0.1:${port}` }),
];

seedPeople({ data, origin, domain }).then(
  (words) => console.log(words),
  (error: unknown) => console.error("The two people could not be made:", (error as Error).message),
);

function stop(): void {
  for (const child of children) child.kill();
}
process.on("SIGINT", stop);
process.on("SIGTERM", stop);

// Either one alone is of no use: when one ends, so does the other.
process.exitCode = await Promise.race(children.map(({ exited }) => exited));
stop();
await Promise.all(children.map(({ exited }) => exited));
