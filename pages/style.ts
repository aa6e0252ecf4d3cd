import { HUES, THEMES, type Theme } from "./theme.ts";

/** The style sheet of every page. It is constant text without outside content. */

function variablesOf(theme: Theme): string {
  return Object.entries(theme)
    .map(([name, colour]) => `--${name}:${colour}`)
    .join(";");
}

const HUE_RULES = HUES.map((hue) => `.${hue}{--hue:var(--${hue})}`).join("");

/** Colors by their names, for light and dark mode. */
const COLOURS = `:root{color-scheme:light dark;${variablesOf(THEMES.light)}}
@media (prefers-color-scheme:dark){:root{${variablesOf(THEMES.dark)}}}
${HUE_RULES}`;

/** Shapes and texts of a picture. */
const SHAPES = `.picture text{font-family:inherit;font-size:12px;fill:var(--muted)}
.picture .head{font-size:13.5px;font-weight:650;fill:var(--ink)}
.picture .aside{font-size:11.5px;fill:var(--muted);text-anchor:end;font-variant-numeric:tabular-nums}
.picture .box{fill:var(--card);stroke:var(--line);stroke-width:1}
.picture .frame{fill:color-mix(in srgb,var(--accent) 5%,var(--card));stroke:color-mix(in srgb,var(--accent) 35%,var(--line));stroke-width:1}
.picture .edge{fill:var(--hue)}
.picture .lane{fill:none;stroke:var(--hue);stroke-width:1.6;stroke-linejoin:round}
.picture .dot,.picture .tip{fill:var(--hue)}
.picture .straight{stroke:var(--muted);fill:none;stroke-width:1.6}
.picture .straight+.tip{fill:var(--muted)}`;

/** Style sheet of a picture in its own file. */
export const PICTURE_STYLE = `${COLOURS}
${SHAPES}`;

/** The sheet's text. */
export const STYLE = `
${COLOURS}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif;overflow-wrap:break-word}
body>header,main,body>footer{max-width:74rem;margin:0 auto;padding:0 1.25rem}
body>header{padding-top:2.25rem}
.kicker{margin:0 0 .6rem;color:var(--muted);font-size:.875rem}
h1{margin:0;font-size:clamp(1.3rem,1rem + 1.1vw,1.75rem);line-height:1.3;font-weight:500;letter-spacing:-.012em;text-wrap:pretty}
h1 strong{font-weight:700}
h2{margin:0 0 .25rem;font-size:1.2rem;line-height:1.3;letter-spacing:-.005em}
h3{margin:1.5rem 0 .5rem;font-size:1rem}
p{margin:.4rem 0;text-wrap:pretty}
.lead{display:grid;gap:1.5rem 2.5rem}
.lead>*{min-width:0}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.75rem;margin:1.4rem 0 0}
.figures div{border-top:3px solid var(--accent);padding:.5rem 0 0}
.figures dt{color:var(--muted);font-size:.82rem}
.figures dd{margin:0;font-size:1.35rem;font-weight:650;letter-spacing:-.015em;font-variant-numeric:tabular-nums}
.figures dd small{display:block;font-size:.82rem;font-weight:400;letter-spacing:0;color:var(--muted)}
.figures .good,.figures .warn,.figures .bad{border-color:var(--tone)}
.note{border-left:4px solid var(--tone);background:var(--card);border-radius:0 8px 8px 0;padding:.8rem 1rem .9rem;align-self:start}
.note h2{font-size:1rem}
.note ul{margin:.4rem 0 0;padding-left:1.1rem;font-size:.9rem}
.note li+li{margin-top:.45rem}
section{margin-top:1.75rem;background:var(--card);border:1px solid var(--line);border-radius:12px;padding:1.25rem 1.4rem 1.4rem}
section>p:first-of-type{color:var(--muted);font-size:.92rem;max-width:58rem;margin-bottom:1rem}
td code{overflow-wrap:anywhere}
tbody th{min-width:9rem}
code,pre{font-family:ui-monospace,"SF Mono",Menlo,Consolas,monospace;font-size:.86em}
strong.warn,strong.bad,.mark.good,.mark.bad{color:var(--tone)}
.good{--tone:var(--good)}.warn{--tone:var(--warn)}.bad{--tone:var(--bad)}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.scroll{overflow-x:auto;margin-top:.9rem;position:relative}
table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{text-align:left;vertical-align:top;padding:.45rem .9rem .45rem 0;border-bottom:1px solid var(--line)}
th:last-child,td:last-child{padding-right:0}
thead th{color:var(--muted);font-weight:500;font-size:.82rem;white-space:nowrap}
tbody th{font-weight:500}
tbody:last-child tr:last-child>*{border-bottom:0}
tfoot th,tfoot td{border-bottom:0;border-top:2px solid var(--ink);font-weight:650}
td ul{margin:.15rem 0 0;padding-left:1rem;font-size:.92em;color:var(--muted)}
.number{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
.tight{white-space:nowrap}
details{border-top:1px solid var(--line)}
details:last-child{border-bottom:1px solid var(--line)}
summary{cursor:pointer;padding:.5rem 0}
summary:focus-visible,.scroll:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.swatch{display:inline-block;width:.7rem;height:.7rem;border-radius:3px;background:var(--hue);margin-right:.55rem;vertical-align:-.02rem}
.legend{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin:.2rem 0 .9rem;padding:0;list-style:none;font-size:.85rem;color:var(--muted)}
.legend .bar{display:inline-block;position:static;width:1.4rem;height:.7rem;margin-right:.45rem;vertical-align:-.05rem}

.gantt{margin:0;padding:0;list-style:none;font-size:.875rem}
.gantt>li{display:grid;grid-template-columns:minmax(9rem,19rem) 1fr;gap:0 1rem;min-height:1.7rem}
.gantt .name{overflow-wrap:anywhere;line-height:1.3;align-self:center}
.gantt .critical .name{font-weight:650}
.track{position:relative;min-height:1.7rem;background-image:linear-gradient(90deg,var(--line) 1px,transparent 1px);background-size:var(--step) 100%;border-right:1px solid var(--line)}
.axis{color:var(--muted);font-size:.78rem;border-bottom:1px solid var(--line)}
.axis .track{background:none;border:0}
.axis .track span{position:absolute;bottom:.1rem;transform:translateX(-50%);white-space:nowrap}
.axis .track span:first-child{transform:none}
.axis .track span:last-child{transform:translateX(-100%)}
.bar{position:absolute;top:calc(50% - .49rem);height:.98rem;min-width:3px;border-radius:3px;background:color-mix(in srgb,var(--muted) 32%,var(--card));border:1px solid var(--muted)}
.critical .bar,.bar.critical{background:var(--accent);border-color:var(--accent)}
.failed .bar,.bar.failed{background:var(--bad);border-color:var(--bad)}
.rest .bar{min-width:2px;border:0;background:var(--muted);opacity:.75}
.track .span{position:absolute;top:calc(50% - .65rem);line-height:1.3rem;white-space:nowrap;color:var(--muted);font-size:.8rem;font-variant-numeric:tabular-nums;background:var(--card);padding:0 .25rem;border-radius:3px}
.critical .span{color:var(--ink)}

.meters{margin:0;padding:0;list-style:none}
.meters details{border:0;border-top:1px solid var(--line)}
.meters summary{display:grid;grid-template-columns:minmax(12rem,20rem) 1fr minmax(11rem,auto);gap:.15rem 1.1rem;align-items:center;list-style:none;padding:.55rem 0}
.meters summary::-webkit-details-marker{display:none}
.meters summary .what::before{content:"";display:inline-block;border:solid var(--muted);border-width:0 1.5px 1.5px 0;width:.4rem;height:.4rem;transform:rotate(-45deg);margin-right:.6rem;vertical-align:.1rem}
.meters details[open] summary .what::before{transform:rotate(45deg)}
.meter{height:.85rem;border-radius:4px;background:var(--soft);overflow:hidden;position:relative;border:1px solid var(--line)}
.meter i{position:absolute;inset:0 auto 0 0;background:var(--accent)}
.nearly .meter i{background:var(--warn)}
.over .meter i{background:repeating-linear-gradient(135deg,var(--bad) 0 6px,var(--card) 6px 8px)}
.says{text-align:right;font-variant-numeric:tabular-nums;font-size:.9rem}
.says strong{font-weight:650}
.inner{padding:0 0 .8rem 1.2rem;color:var(--muted);font-size:.88rem}
.inner .scroll{margin-top:.3rem}
.inner table{width:auto;min-width:min(24rem,100%)}

.shares{display:flex;height:1.6rem;border-radius:6px;overflow:hidden;gap:2px;margin-top:.4rem}
.shares i{background:var(--hue);min-width:2px}

.checks{margin:0;padding:0;list-style:none;font-size:.92rem}
.checks li{display:grid;grid-template-columns:minmax(0,5fr) minmax(0,4fr);gap:.1rem 1.5rem;padding:.5rem 0 .5rem 1.7rem;border-top:1px solid var(--line);position:relative}
.checks li:first-child{border-top:0}
.checks .mark{position:absolute;left:0;top:.5rem;font-weight:700}
.checks .detail{max-height:22rem;overflow-y:auto;color:var(--muted);font-size:.88rem;white-space:pre-wrap;overflow-wrap:anywhere}
.checks .failed .detail{color:var(--ink)}
.checks+details{margin-top:1rem}
details .checks{padding-left:1.2rem}

.picture{display:block;width:100%;height:auto;margin:0 auto}
.picture.tall{display:none;max-width:26rem}
${SHAPES}
body>footer{color:var(--muted);font-size:.85rem;padding-top:1.5rem;padding-bottom:2.5rem}
@media (min-width:62rem){.lead.beside{grid-template-columns:minmax(0,1.75fr) minmax(0,1fr)}}
@media (max-width:62rem){.picture.wide{display:none}.picture.tall{display:block}}
@media (max-width:44rem){
body>header,main,body>footer{padding-left:1rem;padding-right:1rem}
body>header{padding-top:1.4rem}
section{padding:1rem .9rem 1.1rem;border-radius:10px}
.gantt>li{grid-template-columns:minmax(0,1fr)}
.gantt>li:not(.axis){background:linear-gradient(90deg,var(--line) 1px,transparent 1px) 0 0/var(--step) 100%}
.gantt .track{background:none}
.gantt .name{padding-top:.3rem;background:var(--card);justify-self:start;padding-right:.4rem}
.gantt .axis .name{display:none}
.meters summary{grid-template-columns:minmax(0,1fr)}
.says{text-align:left}
.inner{padding-left:0}
details .checks{padding-left:0}
.checks li{grid-template-columns:minmax(0,1fr)}
table{font-size:.86rem}
.scroll{background:linear-gradient(90deg,var(--card) 40%,transparent) 0 0/2.2rem 100% no-repeat local,linear-gradient(270deg,var(--card) 40%,transparent) 100% 0/2.2rem 100% no-repeat local,linear-gradient(90deg,var(--line),transparent) 0 0/.8rem 100% no-repeat scroll,linear-gradient(270deg,var(--line),transparent) 100% 0/.8rem 100% no-repeat scroll}
td[class=""]{min-width:13rem}
}
@media print{body{background:none}.checks .detail{max-height:none}section{break-inside:avoid;border:0;padding:0}}
`;
