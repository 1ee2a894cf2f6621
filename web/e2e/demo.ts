/** The real program in its demo, in a directory of its own. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

/** Given to the demo, so that tests can look behind the views. */
export const TOKEN = "wb_e2e_0123456789abcdefghijklmnop";

/** A demo that runs. */
export interface Demo {
  url: string;
  email: string;
  password: string;
  /** Its directory. */
  data: string;
  stop: () => Promise<void>;
}

/** The binary that `WATCHBELL_BIN` names. */
const BINARY = process.env.WATCHBELL_BIN ?? "../target/debug/watchbell";

/** Runs a command of the program to its end; one that fails throws what it said. */
function run(...command: readonly string[]) {
  return promisify(execFile)(BINARY, command);
}

/** Starts a demo and waits until it is ready. */
export async function startDemo(): Promise<Demo> {
  const data = await mkdtemp(join(tmpdir(), "watchbell-e2e-"));
  const { child, heard, url } = await start(["demo"], data);
  try {
    // The login is printed after `ready`.
    const email = await told(heard, /^\s*e-mail\s+(\S+)/u);
    const password = await told(heard, /^\s*password\s+(\S+)/u);
    return { url, email, password, data, stop: () => stop(child, data) };
  } catch (error) {
    await stop(child, data);
    throw error;
  }
}

/** A program on an empty database, which nobody has set up yet. */
export interface Empty {
  url: string;
  /** Where the first admin sets up their sign-in. */
  setUp: string;
  stop: () => Promise<void>;
}

/** Starts the program on an empty database, with a mail server. */
export async function startEmpty(smtp: string): Promise<Empty> {
  const data = await mkdtemp(join(tmpdir(), "watchbell-e2e-empty-"));
  const mail = { WATCHBELL__SMTP__URL: smtp, WATCHBELL__SMTP__FROM: "Watchbell <pager@example.com>" };
  const { child, heard, url } = await start(["serve", "--carbon", "off"], data, mail);
  try {
    return { url, setUp: await told(heard, /(http\S+\/set-up#\S+)/u), stop: () => stop(child, data) };
  } catch (error) {
    await stop(child, data);
    throw error;
  }
}

/** Puts a backup of a demo into another directory and serves it: its sending is held. */
export async function startHeld(): Promise<Demo> {
  const demo = await startDemo();
  const data = await mkdtemp(join(tmpdir(), "watchbell-e2e-held-"));
  try {
    const backup = join(data, "backup.db");
    await run("backup", backup, "--url", demo.url, "--token", TOKEN);
    await run("restore", backup, "--data", data);
    await copyFile(join(demo.data, "keys.toml"), join(data, "keys.toml"));
    const { child, url } = await start(["serve", "--carbon", "off"], data);
    return { ...demo, url, data, stop: () => stop(child, data) };
  } catch (error) {
    await rm(data, { recursive: true, force: true });
    throw error;
  } finally {
    await demo.stop();
  }
}

/** Starts the program on a free port and waits until it is ready. */
async function start(command: readonly string[], data: string, more: NodeJS.ProcessEnv = {}) {
  const child = spawn(BINARY, [...command, "--data", data, "--listen", "127.0.0.1:0"], {
    env: { ...process.env, WATCHBELL_ADMIN_TOKEN: TOKEN, ...more },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const heard: string[] = [];
  createInterface({ input: child.stderr }).on("line", (line) => heard.push(line));
  try {
    const url = await ready(child, heard);
    await hasUi(url);
    return { child, heard, url };
  } catch (error) {
    await stop(child, data);
    throw error;
  }
}

function ready(child: ChildProcess, heard: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    if (child.stdout === null) {
      reject(new Error("the program has no output"));
      return;
    }
    createInterface({ input: child.stdout }).on("line", (line) => {
      const url = /^ready (\S+)$/u.exec(line)?.[1];
      if (url !== undefined) {
        resolve(url);
      }
    });
    child.once("error", reject);
    child.once("exit", (code) => {
      reject(new Error(`the program ended with ${code} before it was ready:\n${heard.join("\n")}`));
    });
  });
}

/** A binary without its UI would let every test wait for its time-out. */
async function hasUi(url: string): Promise<void> {
  const page = await fetch(url, { headers: { accept: "text/html" } });
  if (!(await page.text()).includes('id="root"')) {
    throw new Error("this binary has no web UI: run `npm run build`, and build it in this work tree");
  }
}

async function told(heard: readonly string[], what: RegExp): Promise<string> {
  const until = Date.now() + 10_000;
  while (Date.now() < until) {
    const found = heard.map((line) => what.exec(line)?.[1]).find((one) => one !== undefined);
    if (found !== undefined) {
      return found;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`the demo never said ${what.source}:\n${heard.join("\n")}`);
}

async function stop(child: ChildProcess, data: string): Promise<void> {
  if (child.exitCode === null) {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    await ended;
  }
  await rm(data, { recursive: true, force: true });
}
