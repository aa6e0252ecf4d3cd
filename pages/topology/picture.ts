import { markup, Markup } from "../markup.ts";
import { PICTURE_STYLE } from "../style.ts";
import { tableOf } from "../table.ts";
import { tall, wide } from "./arrange.ts";
import type { Topology } from "./model.ts";
import {
  PAD,
  TITLE,
  LINE,
  type Lane,
  type PlacedBox,
  type Point,
  type Scene,
  type Straight,
} from "./scene.ts";

/**
 * The picture for wide and for narrow windows, of which a browser shows one. A table has the same
 * content.
 */
export function pictureOf(topology: Topology): Markup {
  const names = new Map(
    [...topology.entry, ...topology.frame.boxes, ...topology.targets].map(({ id, title }) => [
      id,
      title,
    ]),
  );
  const sentences = topology.links.map(
    ({ from, to, says }) => `${names.get(from) ?? from} calls ${names.get(to) ?? to}: ${says}.`,
  );
  const table = tableOf({
    caption: topology.title,
    columns: [{ title: "who" }, { title: "calls" }, { title: "by" }],
    rows: topology.links.map(({ from, to, says }) => [names.get(from), names.get(to), says]),
  });
  return markup`${svgOf(wide(topology), "wide", topology.title, sentences)}
${svgOf(tall(topology), "tall", topology.title, sentences)}
<details><summary>The same in words</summary>${table}</details>`;
}

/** Space around a picture in its own file. */
const MARGIN = 16;

/** The picture for wide windows as a file, for pages that can only show images. */
export function pictureFileOf(topology: Topology): string {
  const scene = wide(topology);
  const [width, height] = [scene.width + 2 * MARGIN, scene.height + 2 * MARGIN];
  return markup`<svg xmlns="http://www.w3.org/2000/svg" class="picture" viewBox="${-MARGIN} ${-MARGIN} ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title" font-family="system-ui,sans-serif">
<title id="title">${topology.title}</title>
<style>${new Markup(PICTURE_STYLE)}</style>
<rect x="${-MARGIN}" y="${-MARGIN}" width="${width}" height="${height}" rx="12" fill="var(--page)"/>
${partsOf(scene)}
</svg>
`.toString();
}

function svgOf(
  scene: Scene,
  kind: "wide" | "tall",
  title: string,
  sentences: readonly string[],
): Markup {
  const { width, height } = scene;
  const [titleId, descId] = [`topology-${kind}-title`, `topology-${kind}-desc`];
  return markup`<svg class="picture ${kind}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${titleId} ${descId}">
<title id="${titleId}">${title}</title>
<desc id="${descId}">${sentences.join(" ")}</desc>
${partsOf(scene)}
</svg>`;
}

function partsOf({ frame, heading, straights, lanes, boxes }: Scene): Markup {
  return markup`<rect class="frame" x="${frame.x}" y="${frame.y}" width="${frame.width}" height="${frame.height}" rx="10"/>
${heading.map(({ x, y, text, head }) => textOf(text, { x, y }, head ? "head" : ""))}
${straights.map(straightOf)}
${lanes.map(laneOf)}
${boxes.map(boxOf)}`;
}

function textOf(text: string, { x, y }: Point, kind = ""): Markup {
  return markup`<text class="${kind}" x="${x}" y="${y}">${text}</text>`;
}

function straightOf({ from, to }: Straight): Markup {
  const direction = to.y > from.y ? 1 : -1;
  return markup`<path class="straight" d="M${from.x} ${from.y}V${to.y - 5 * direction}"/>
${tipOf(to, "down", direction)}`;
}

/** An arrow tip at this point. */
function tipOf({ x, y }: Point, along: "down" | "right", direction: number): Markup {
  const [a, b] = [7 * direction, 4.2];
  return along === "down"
    ? markup`<path class="tip" d="M${x} ${y}l${-b} ${-a}h${2 * b}z"/>`
    : markup`<path class="tip" d="M${x} ${y}l${-a} ${-b}v${2 * b}z"/>`;
}

function laneOf({ hue, x, tails, tips }: Lane): Markup {
  const ys = [...tails, ...tips].map(({ y }) => y);
  const begins = tails.map(
    ({ x: from, y }) =>
      markup`<path class="lane" d="M${from} ${y}H${x}"/><circle class="dot" cx="${x}" cy="${y}" r="2.8"/>`,
  );
  const ends = tips.map((tip) => {
    const direction = tip.x > x ? 1 : -1;
    return markup`<path class="lane" d="M${x} ${tip.y}H${tip.x - 5 * direction}"/>${tipOf(tip, "right", direction)}`;
  });
  return markup`<g class="${hue}"><path class="lane" d="M${x} ${Math.min(...ys)}V${Math.max(...ys)}"/>${begins}${ends}</g>
`;
}

function boxOf({ x, y, width, height, box, lines, hue }: PlacedBox): Markup {
  const first = y + PAD + TITLE - 5;
  const edge = markup`<rect class="edge" x="${x}" y="${y + 6}" width="3" height="${height - 12}"/>`;
  return markup`<g class="${hue}"><rect class="box" x="${x}" y="${y}" width="${width}" height="${height}" rx="6"/>${hue === undefined ? undefined : edge}
${textOf(box.title, { x: x + PAD, y: first }, "head")}
${box.aside === undefined ? undefined : textOf(box.aside, { x: x + width - PAD, y: first }, "aside")}
${lines.map((line, at) => textOf(line, { x: x + PAD, y: first + (at + 1) * LINE }))}</g>
`;
}
