/**
 * Deployment: the real server, and people on real devices, each with a canary in name, picture, address and program.
 */
import { randomInt } from "node:crypto";
import type { Hex } from "@yanshu/client";
import { Canaries } from "../scan/canary.ts";
import { Device, until } from "./device.ts";
import { Recorder } from "./recorder.ts";
import { Secrets } from "./secrets.ts";
import { RealServer } from "./server.ts";

export class Deployment {
  readonly server: RealServer;
  /** What people enter. */
  readonly canaries = new Canaries();
  /** What tells where somebody comes from: programs, and addresses. */
  readonly origins = new Canaries();
  readonly addresses: string[] = [];
  readonly secrets = new Secrets();
  readonly devices: Device[] = [];
  readonly recorders: Recorder[] = [];

  private constructor(server: RealServer) {
    this.server = server;
  }

  static async start(assets?: string, flags?: readonly string[]): Promise<Deployment> {
    return new Deployment(await RealServer.start(assets, flags));
  }

  async recorder(): Promise<Recorder> {
    const address = `127.0.0.${31 + this.recorders.length}`;
    const recorder = await Recorder.start(this.server.port, address);
    this.recorders.push(recorder);
    this.addresses.push(address);
    return recorder;
  }

  /** A device that nobody lives on yet. */
  async device(name: string): Promise<Device> {
    const groups = Array.from({ length: 4 }, () => randomInt(0x1000, 0x1_0000).toString(16));
    const forwardedFor = `fd00:${groups.join(":")}:0:0:1`;
    this.addresses.push(forwardedFor);
    const origin = { userAgent: `Mozilla/5.0 ${this.origins.text(`program of ${name}`)}`, forwardedFor };
    const device = new Device(name, this.server, await this.recorder(), origin, this.secrets);
    this.devices.push(device);
    return device.start();
  }

  async person(name: string): Promise<Device> {
    const device = await this.device(name);
    await device.api.createAccount({
      name: `${name} ${this.canaries.text(`name of ${name}`)}`,
      picture: this.canaries.picture(`picture of ${name}`),
      link: this.server.inviteLink,
    });
    // Until its key packages are at home nobody can write to it.
    const supplied = () => device.database.get("SELECT 1 FROM key_packages WHERE published = 1") !== undefined;
    await until(`${name} can be reached`, () => device.view("status").network === "online" && supplied());
    return device;
  }

  /** `one` writes to `other`, who accepts. */
  async befriend(one: Device, other: Device): Promise<Hex> {
    const greeting = `你好，我是${one.name} ${this.canaries.text(`greeting of ${one.name} to ${other.name}`)} 认识一下`;
    const link = await other.api.myLink();
    const chat = await one.api.requestContact({ link, greeting, scanned: true });
    await until(`${other.name} is asked`, () => other.view("requests").some((row) => row.conversation === chat));
    await other.api.acceptRequest(chat);
    await until(`${one.name} knows`, () => one.isOpen(chat));
    return chat;
  }

  /** `owner`'s further device, linked as people do it. */
  async link(owner: Device): Promise<Device> {
    const fresh = await this.device(`${owner.name} 2`);
    await fresh.api.startLinking();
    await until("the link is shown", () => stepOf(fresh) === "show");
    const shown = fresh.view("linking");
    if (shown.side !== "new" || shown.step !== "show") throw new Error("the new device shows no link");
    await owner.api.scanDevice(shown.link);
    await until("both show words", () => stepOf(owner) === "compare" && stepOf(fresh) === "compare");
    await fresh.api.confirmJoin(true);
    await owner.api.confirmWords(true);
    await until("the device is linked", () => stepOf(owner) === "done" && stepOf(fresh) === "done");
    return fresh;
  }

  /** Every device goes to home at once, instead of waiting for its next try. */
  async reconnect(): Promise<void> {
    for (const device of this.devices) device.network(false);
    for (const device of this.devices) device.network(true);
    const isBack = (device: Device) => device.view("status").network === "online";
    await until("every device is back", () => this.devices.every(isBack), 60_000);
  }

  /** Nothing is waiting anywhere: not on a device, not in the server's queue. */
  async settled(): Promise<void> {
    await until("everything is told to home", () => this.devices.every((device) => device.isSettled));
    let quiet = 0;
    await until("everything is delivered", async () => {
      quiet = (await this.server.counts())["outstanding"] === 0 ? quiet + 1 : 0;
      return quiet > 10;
    });
  }

  async end(): Promise<void> {
    for (const device of this.devices) await device.end();
    for (const recorder of this.recorders) recorder.stop();
    await this.server.end();
  }
}

function stepOf(device: Device): string {
  const linking = device.view("linking");
  return linking.side === "none" ? "none" : linking.step;
}
