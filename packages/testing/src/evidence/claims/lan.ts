/**
 * R7.2: a home on a network that leads nowhere. Two network namespaces with a cable between them and no route besides:
 * the real server in one, two real browsers in the other (packages/web/e2e/lan.spec.ts). Where this machine makes no
 * namespaces, as without root, both are on loopback and the browsers have a dead proxy for all else: the figure says
 * which.
 */
import { allOf, type Check } from "../check.ts";
import { browserTest } from "./locked.ts";

const bytesMin = 20_000;
const [home, people] = ["10.77.0.1", "10.77.0.2"];

export async function lanWithoutWayOut(): Promise<Check> {
  const names = { home: `yanshu-home-${process.pid}`, people: `yanshu-lan-${process.pid}` };
  try {
    const isAlone = connected(names);
    const env = isAlone
      ? { YANSHU_LAN: `ip netns exec ${names.home}`, YANSHU_LAN_HOME: home }
      : { YANSHU_LAN: "", YANSHU_LAN_HOME: "127.0.0.1" };
    const { text } = await browserTest("lan.spec.ts", {
      within: isAlone ? ["ip", "netns", "exec", names.people] : [],
      env,
    });
    return judgeLan(text);
  } finally {
    for (const name of Object.values(names)) ip("netns", "del", name);
  }
}

/** Whether both were made, with a cable between them and nothing else. */
function connected(names: { readonly home: string; readonly people: string }): boolean {
  const [one, other] = [`yh${process.pid}`, `yp${process.pid}`];
  return [
    ["netns", "add", names.home],
    ["netns", "add", names.people],
    ["link", "add", one, "netns", names.home, "type", "veth", "peer", "name", other, "netns", names.people],
    ["-n", names.home, "addr", "add", `${home}/24`, "dev", one],
    ["-n", names.people, "addr", "add", `${people}/24`, "dev", other],
    ["-n", names.home, "link", "set", one, "up"],
    ["-n", names.people, "link", "set", other, "up"],
    ["-n", names.home, "link", "set", "lo", "up"],
    ["-n", names.people, "link", "set", "lo", "up"],
  ].every((words) => ip(...words));
}

function ip(...words: string[]): boolean {
  try {
    return Bun.spawnSync(["ip", ...words], { stdout: "ignore", stderr: "ignore" }).exitCode === 0;
  } catch {
    return false; // There is no such program.
  }
}

/** The figures judge, and not whether the test passed. */
export function judgeLan(text: string): Check {
  const told = /R7\.2 lan texts (\d+), pictures (\d+), voice (\d+), picture (\d+) bytes, way (\w+), out ([\w ]+)/.exec(
    text,
  );
  const [texts = 0, pictures = 0, voice = 0, picture = 0] = told?.slice(1, 5).map(Number) ?? [];
  const [way = "none", out = "nothing"] = told?.slice(5) ?? [];
  const isAlone = ["ENETUNREACH", "EHOSTUNREACH"].includes(out);
  const where = isAlone
    ? `two namespaces with a cable between them (elsewhere: ${out})`
    : `this machine's loopback, the browsers behind ${out}`;
  return allOf(
    "P6.lan",
    "on a network without a way out people write, send pictures, hear and see each other",
    {
      "texts arrive": texts === 2,
      "a picture arrives": pictures === 1,
      "both are heard": voice > bytesMin,
      "both are seen": picture > bytesMin,
    },
    told !== null && (isAlone || out === "a dead proxy"),
    `in ${where}: ${texts} texts, ${pictures} picture, ${Math.round(voice / 1_000)} kB of voice and ${Math.round(picture / 1_000)} kB of picture each way (way: ${way})`,
  );
}
