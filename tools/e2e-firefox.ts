/**
 * `npm run e2e:firefox`: a call between Chromium and Debian's Firefox (packages/web/e2e/firefox.spec.ts). It stands
 * beside `npm test`, for Firefox takes 80 MB to fetch and 300 on the disk. As root on Debian it installs it; elsewhere
 * `FIREFOX` names one, and without any the test is skipped and says so.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { asCommand, become, binOf, nodePath } from "./setup.mjs";
import { ensureWebBuilt } from "./web-build.mjs";

const firefox = process.env["FIREFOX"] ?? "/usr/bin/firefox-esr";

await asCommand(() => {
  if (!existsSync(firefox) && process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    console.log("Installing firefox-esr …");
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    spawnSync("apt-get", ["update", "-qq"], { stdio: "inherit", env });
    const install = ["install", "-y", "-qq", "--no-install-recommends", "firefox-esr"];
    spawnSync("apt-get", install, { stdio: "inherit", env });
  }
  ensureWebBuilt();
  const test = [binOf("@playwright/test", "cli.js"), "test", "packages/web/e2e/firefox.spec.ts"];
  become(nodePath, [...test, ...process.argv.slice(2)], { YANSHU_FIREFOX: "yes" });
});
