import type { DoctorCase, Stage } from "../stage.ts";

/** The pods whose group works the queue of mail, in the profile of the stage's stack file. */
const SENDER = "sidekiq-default";
const BULK = ", bulk: { server: bulk.example.net, port: 465, encryption: tls }";

/** A running server with mail, and the answer of the program in Sidekiq's pod. */
export const withMail =
  (answer: unknown, more = "") =>
  (stage: Stage): void => {
    stage.runs();
    stage.write(
      "config:\n",
      `config:\n  mastodon:mail: { server: smtp.example.net, port: 587, from: hello@example.social${more} }\n`,
    );
    stage.inside.set(SENDER, answer instanceof Error ? answer : JSON.stringify(answer));
  };

const main = { server: "smtp.example.net", port: "587" };
const bulk = { server: "bulk.example.net", port: "465" };

export const OPEN = [{ ...main, fault: null }];

export const mailCases: readonly DoctorCase[] = [
  {
    line: "mail-port",
    failedBy: "the port is blocked",
    arrange: withMail([{ ...main, fault: "Errno::ETIMEDOUT" }]),
  },
  {
    line: "mail-port",
    failedBy: "the port of bulk mail alone is blocked",
    arrange: withMail([...OPEN, { ...bulk, fault: "Errno::ETIMEDOUT" }], BULK),
  },
  {
    line: "mail-port",
    failedBy: "no pod of Sidekiq runs",
    word: "unknown",
    arrange: withMail(new Error(`no pod of ${SENDER} runs that could be asked`)),
  },
  {
    line: "mail-port",
    failedBy: "the pods are older than the setting",
    word: "unknown",
    arrange: withMail([]),
  },
];
