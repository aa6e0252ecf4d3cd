import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import type { StackConfig } from "../../config/schema.ts";
import { mailAnswerIn, mailPort, mailQuestion } from "../../ops/doctor/lines/mail.ts";
import type { AskInside } from "../../ops/pods/inside.ts";
import { checkOf, type Check } from "./check.ts";

const SERVER = "127.0.0.1";

/**
 * Checks the doctor's line about the mail server's port, with the program in the live pod that
 * would send mail. The rehearsed stack sends none, so the pod's environment gets the two variables.
 * The sandbox has this machine's network: NetworkPolicies are not in it.
 */
export async function checkMailPort(inside: AskInside, config: StackConfig): Promise<Check> {
  const server = createServer((socket) => socket.end()).listen(0, SERVER);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const judged = async (): Promise<string> => {
    const question = mailQuestion(config);
    const variables = [`SMTP_SERVER=${SERVER}`, `SMTP_PORT=${port}`];
    const output = await inside({
      ...question,
      command: ["env", ...variables, ...question.command],
    });
    return mailPort.judge({
      ...{ word: "asked", stack: "prod", answer: mailAnswerIn(output) },
      mail: { server: SERVER, encryption: "starttls" },
    }).word;
  };
  const open = await judged();
  server.close();
  await once(server, "close");
  const closed = await judged();
  return checkOf(
    "the doctor tells an open port of the mail server from a closed one, from the pod that sends mail",
    [
      ...(open === "ok" ? [] : [`open is ${open}`]),
      ...(closed === "fix" ? [] : [`closed is ${closed}`]),
    ],
    `asked from ${mailQuestion(config).component}`,
  );
}
