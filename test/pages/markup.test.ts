import fc from "fast-check";
import { expect, test } from "vitest";
import type { Markup } from "../../pages/markup.ts";
import { markup } from "../../pages/markup.ts";

test("what comes from outside never becomes a tag or an attribute", () => {
  const evil = `<script>alert("x")</script>' onload='x`;
  expect(markup`<p title="${evil}">${evil}</p>`.toString()).toBe(
    `<p title="&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&#39; onload=&#39;x">&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&#39; onload=&#39;x</p>`,
  );
});

test("whatever the text, nothing of it is markup", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const inner = /^<b>([^]*)<\/b>$/u.exec(markup`<b>${text}</b>`.toString())?.[1] ?? "<";
      expect(inner).not.toMatch(/[<>"']/u);
      expect(inner.replaceAll(/&(?:amp|lt|gt|quot|#39);/gu, "")).not.toContain("&");
    }),
  );
});

test("markup in markup is escaped once, lists are joined, nothing is nothing", () => {
  const items = ["a&b", markup`<i>${"<"}</i>`, 1 / 3, undefined, [0, "c"]];
  expect(markup`<p>${items}</p>`.toString()).toBe("<p>a&amp;b<i>&lt;</i>0.330c</p>");
});

test("an object that only looks like markup is no markup", () => {
  const fake = { toString: () => "<script>" } as unknown as Markup;
  expect(() => markup`<p>${fake}</p>`).toThrow();
});

test("a terminal's colours and other control characters, which no page may have, are left out", () => {
  expect(markup`${"\u001b[31mred\u001b[39m\u0000\u0007 and\ntwo\tlines"}`.toString()).toBe(
    "red and\ntwo\tlines",
  );
});
