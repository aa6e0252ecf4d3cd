import { spawn, type ChildProcess } from "node:child_process";
import { access, constants, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";

/**
 * A Chromium without a window, controlled through its own protocol
 * (https://chromedevtools.github.io/devtools-protocol/).
 */

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/**
 * The browser's program: from the variable CHROMIUM, else from PATH.
 * @throws Error with a remedy if there is none.
 */
export async function findChromium(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const folders = (env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const named = env["CHROMIUM"];
  const candidates =
    named === undefined
      ? folders.flatMap((folder) => NAMES.map((name) => join(folder, name)))
      : [named];
  for (const candidate of candidates)
    if (
      await access(candidate, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return candidate;
  throw new Error(
    named === undefined
      ? "There is no Chromium on the PATH. Install one (on Debian: apt-get install chromium), or set CHROMIUM to its program."
      : `CHROMIUM is ${named}, which is no program that can be run. Set it to Chromium's.`,
  );
}

/** A rendered page at one width. */
export interface Seen {
  /** PNG of the whole page. */
  readonly picture: Buffer;
  /** Pixels by which the page is wider than the window. */
  readonly overhang: number;
  /** Requests in addition to the page itself. */
  readonly asked: readonly string[];
  /** Errors that the browser reports. */
  readonly complaints: readonly string[];
}

type Params = Readonly<Record<string, unknown>>;

/** A running browser; the caller must close it. */
export class Browser {
  readonly #process: ChildProcess;
  readonly #folder: string;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<
    number,
    { resolve: (value: Params) => void; reject: (error: Error) => void }
  >();
  #listener: (method: string, params: Params) => void = () => undefined;
  #last = 0;

  private constructor(process: ChildProcess, folder: string, socket: WebSocket) {
    this.#process = process;
    this.#folder = folder;
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) =>
      this.#receive(JSON.parse(String(data)) as Params),
    );
  }

  /**
   * Starts it. As root it has no sandbox of its own. The pages are this project's, and load
   * nothing.
   */
  static async open(program: string): Promise<Browser> {
    const folder = await mkdtemp(join(tmpdir(), "page-browser-"));
    const child = spawn(
      program,
      [
        "--headless=new",
        "--remote-debugging-port=0",
        `--user-data-dir=${folder}`,
        "--disable-gpu",
        "--hide-scrollbars",
        "--no-first-run",
        ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
        "about:blank",
      ],
      { stdio: ["ignore", "ignore", "pipe"] },
    );
    try {
      const socket = new WebSocket(await addressOf(child));
      await new Promise((resolve, reject) => {
        socket.addEventListener("open", resolve);
        socket.addEventListener("error", () =>
          reject(new Error("Chromium does not answer at the address that it named.")),
        );
      });
      return new Browser(child, folder, socket);
    } catch (error) {
      child.kill();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
      throw error;
    }
  }

  /** Opens a local page at a width, and renders all of it. */
  async look(url: string, width: number, dark: boolean): Promise<Seen> {
    const { targetId } = await this.#send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await this.#send("Target.attachToTarget", { targetId, flatten: true });
    const send = (method: string, params: Params = {}): Promise<Params> =>
      this.#send(method, params, String(sessionId));
    const asked: string[] = [];
    const complaints: string[] = [];
    const loaded = new Promise<void>((resolve) => {
      this.#listener = (method, params) => {
        if (method === "Page.loadEventFired") resolve();
        if (method === "Network.requestWillBeSent") {
          const asks = (params["request"] as { readonly url: string }).url;
          if (asks !== url) asked.push(asks);
        }
        if (method === "Log.entryAdded")
          complaints.push((params["entry"] as { readonly text: string }).text);
      };
    });
    for (const domain of ["Page", "Network", "Log"]) await send(`${domain}.enable`);
    await send("Emulation.setDeviceMetricsOverride", {
      width,
      height: 900,
      deviceScaleFactor: 1,
      mobile: width < 600,
    });
    await send("Emulation.setEmulatedMedia", {
      features: [{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }],
    });
    await send("Page.navigate", { url });
    await loaded;
    const { result } = await send("Runtime.evaluate", {
      expression: "document.documentElement.scrollWidth - window.innerWidth",
      returnByValue: true,
    });
    const { data } = await send("Page.captureScreenshot", { captureBeyondViewport: true });
    await this.#send("Target.closeTarget", { targetId });
    return {
      picture: Buffer.from(String(data), "base64"),
      overhang: Math.max(0, Number((result as { readonly value: number }).value)),
      asked,
      complaints,
    };
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once("exit", resolve));
    this.#socket.close();
    this.#process.kill();
    await ended;
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }

  async #send(method: string, params: Params, sessionId?: string): Promise<Params> {
    const id = ++this.#last;
    const answer = new Promise<Params>((resolve, reject) =>
      this.#waiting.set(id, { resolve, reject }),
    );
    this.#socket.send(JSON.stringify({ id, method, params, sessionId }));
    return await answer;
  }

  #receive(message: Params): void {
    const waiting = this.#waiting.get(Number(message["id"]));
    this.#waiting.delete(Number(message["id"]));
    const { error, result, method, params } = message as {
      readonly error?: { readonly message: string };
      readonly result?: Params;
      readonly method?: string;
      readonly params?: Params;
    };
    if (error !== undefined) waiting?.reject(new Error(error.message));
    else waiting?.resolve(result ?? {});
    if (method !== undefined) this.#listener(method, params ?? {});
  }
}

/**
 * Its address, which it prints on standard error.
 * @throws Error with its last output if it ends.
 */
async function addressOf(child: ChildProcess): Promise<string> {
  let words = "";
  return await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", () =>
      reject(new Error(`Chromium ended before it listened: ${words.slice(-300).trim()}`)),
    );
    createInterface({ input: child.stderr! }).on("line", (line) => {
      words += `${line}\n`;
      const [, address] = /^DevTools listening on (ws:\S+)$/u.exec(line) ?? [];
      if (address !== undefined) resolve(address);
    });
  });
}
