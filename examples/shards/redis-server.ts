/** A Redis server of our own, for as long as the demonstration takes. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";

export interface RedisServer {
  readonly url: string;
  /** Ends it now. */
  stop(): Promise<void>;
}

/** Why no server can be started, if none can. */
export function redisMissing(): string | undefined {
  return spawnSync("redis-server", ["--version"]).error === undefined ? undefined : "redis-server is not installed. On Debian and Ubuntu: apt-get install redis-server";
}

/** Starts `redis-server` on a free port of this machine, in a temporary folder; both go with this process. */
export async function startRedis(): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), "laplace-ts-redis-"));
  const port = await freePort();
  // The settings that a queue wants: every write on disk, nothing evicted.
  const settings = { port, bind: "127.0.0.1", dir: folder, appendonly: "yes", "maxmemory-policy": "noeviction" };
  const server = spawn("redis-server", Object.entries(settings).flatMap(([key, value]) => [`--${key}`, String(value)]), { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(server, "exit");
  process.once("exit", () => {
    // Asked politely, it would write to the folder first.
    server.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });
  const log: string[] = [];
  const ready = new Promise<void>((resolve) => {
    createInterface(server.stdout).on("line", (line) => {
      log.push(line);
      if (line.includes("Ready to accept connections")) resolve();
    });
  });
  await Promise.race([
    ready,
    ended.then(() => {
      throw new Error(`redis-server did not start:\n${log.join("\n")}`);
    }),
  ]);
  return {
    url: `redis://127.0.0.1:${port}`,
    stop: async () => {
      server.kill();
      await ended;
    },
  };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}
