import { z } from "zod";
import type { StackConfig } from "../../../config/schema.ts";
import { answerIn, PROGRAM_SECONDS, type Question } from "../../pods/inside.ts";
import { fix, ok, skip, unknown, type Line } from "../line.ts";

/** Whether mail can leave the cluster, asked from where it leaves. */

/** Seconds until a server that is silent counts as one that does not open. */
const CONNECT_SECONDS = 3;

/**
 * Opens a TCP connection to each mail server of the pod's own environment, and says nothing to it.
 * Ruby without a gem.
 */
const SCRIPT = `require "json"
require "socket"

# A broken connection to the cluster does not end this.
Thread.new { sleep ${PROGRAM_SECONDS}; warn "it took more than ${PROGRAM_SECONDS} s"; exit! 75 }

answers = ["", "BULK_"].filter_map do |prefix|
  server, port = ENV["#{prefix}SMTP_SERVER"], ENV["#{prefix}SMTP_PORT"]
  next if server.nil? || port.nil?

  Thread.new do
    Socket.tcp(server, port, connect_timeout: ${CONNECT_SECONDS}).close
    { server: server, port: port, fault: nil }
  rescue SystemCallError, SocketError, IOError => error
    { server: server, port: port, fault: error.class.name }
  end
end
puts JSON.generate(answers.map(&:value))
`;

const Answer = z.array(
  z.object({
    server: z.string(),
    port: z.string(),
    /** Class of Ruby's error; null: the port opened. */
    fault: z.string().nullable(),
  }),
);

/** The queue of Mastodon's mail (mastodon/mastodon `config/sidekiq.yml`). */
const QUEUE = "mailers";

/** The question to a pod that sends mail: no other may open the port (`k8s/flows/options.ts`). */
export function mailQuestion({ sidekiq }: Pick<StackConfig, "sidekiq">): Question {
  // A stack file without the queue is refused.
  const { name } = sidekiq.find(({ queues }) => queues.includes(QUEUE))!;
  return {
    component: `sidekiq-${name}`,
    container: "sidekiq",
    command: ["ruby", "-e", SCRIPT],
  };
}

/** Reads the program's output. @throws Error if it is something else. */
export const mailAnswerIn = (output: string): z.infer<typeof Answer> => answerIn(output, Answer);

type Seen =
  | { readonly word: "later" }
  | { readonly word: "no mail" }
  | {
      readonly word: "asked";
      readonly answer: z.infer<typeof Answer>;
      readonly mail: Pick<NonNullable<StackConfig["mail"]>, "server" | "encryption">;
      readonly stack: string;
    };

export const mailPort: Line<Seen> = {
  number: 37,
  name: "mail-port",
  checks: "after `up`: the mail server's port opens from the pod that sends mail",
  async ask(scene) {
    const config = await scene.config();
    const { mail } = config;
    if (mail === undefined) return { word: "no mail" };
    if ((await scene.running()) === undefined) return { word: "later" };
    const answer = mailAnswerIn(await scene.inside(mailQuestion(config)));
    return { word: "asked", answer, mail, stack: scene.place.stack };
  },
  judge(seen) {
    if (seen.word === "no mail") return skip("mastodon:mail is not set: no mail goes out");
    if (seen.word === "later") return skip("no update has ended yet");
    const { answer, mail, stack } = seen;
    if (answer.length === 0)
      return unknown("the running pods know no mail server: mastodon:mail is newer than they are");
    const closed = answer.filter(({ fault }) => fault !== null);
    if (closed.length === 0)
      return ok(`${answer.map(({ server, port }) => `${server}:${port}`).join(", ")} opens`);
    const [first] = closed;
    // The other form of encryption has another port at each provider.
    const isMoved =
      first!.server === mail.server && mail.encryption === "starttls" && first!.port !== "2525";
    return fix(
      [
        ...closed.map(
          ({ server, port, fault }) =>
            `${server}:${port} does not open from Sidekiq's pod: ${fault}.`,
        ),
        "Mail waits, and is lost in the end. DigitalOcean blocks 25, and on many accounts 465 and 587.",
      ].join("\n"),
      isMoved
        ? `pulumi config set --path mastodon:mail.port 2525 --stack ${stack}`
        : "docs/options.md (Mail)",
    );
  },
};
