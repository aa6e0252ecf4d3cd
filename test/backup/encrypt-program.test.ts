import { expect, test } from "vitest";
import encryptProgram from "../../k8s/backup/encrypt-program.json" with { type: "json" };

test("the program of the pod has no control character: the API server refuses a ConfigMap with one, and the update fails", () => {
  expect(encryptProgram.source.match(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/gu)).toBeNull();
});
