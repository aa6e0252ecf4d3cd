import { expect, test } from "vitest";
import { OPEN, withMail } from "./cases/mail.ts";
import { Stage } from "./stage.ts";

test("a port that opens is ok, and before the first update nobody is asked", async () => {
  const stage = await Stage.open();
  withMail(OPEN)(stage);
  expect(await stage.outcomeOf("mail-port")).toMatchObject({
    word: "ok",
    says: "smtp.example.net:587 opens",
  });
  stage.state = { version: 3, deployment: { resources: [] } };
  stage.inside.clear();
  expect(await stage.outcomeOf("mail-port")).toMatchObject({
    word: "skip",
    says: "no update has ended yet",
  });
});
