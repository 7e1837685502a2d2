import { anchorOf, html } from "../../../lib/preview/report/html";
import { different } from "../../../lib/preview/report/value";

test("markup escapes every value, and shows nothing of what is not there", () => {
  const bad = `<b title="x" id='y'>&amp;`;
  expect(html`<p title="${bad}">${bad}${undefined}${false}${0}${["a", html`<i>${bad}</i>`]}</p>`.text).toBe(
    '<p title="&lt;b title=&quot;x&quot; id=&#39;y&#39;&gt;&amp;amp;">&lt;b title=&quot;x&quot; id=&#39;y&#39;&gt;&amp;amp;0a<i>&lt;b title=&quot;x&quot; id=&#39;y&#39;&gt;&amp;amp;</i></p>',
  );
  expect(decodeURIComponent(anchorOf(bad).slice(1))).toBe(bad);
  expect(anchorOf(bad)).not.toMatch(/[<>"]/);
});

test("of a long text that changes in one line, that line is shown with its neighbours", () => {
  const before = Array.from({ length: 100 }, (_, index) => `line ${index}`);
  const after = before.with(50, "another");
  expect(different(before, after)).toEqual([
    ["… 48 lines alike", "line 48", "line 49", "line 50", "line 51", "line 52", "… 47 lines alike"],
    ["… 48 lines alike", "line 48", "line 49", "another", "line 51", "line 52", "… 47 lines alike"],
  ]);
});

test("short values are shown whole, and a text that only grows shows where", () => {
  expect(different(["50Gi"], ["60Gi"])).toEqual([["50Gi"], ["60Gi"]]);
  const before = Array.from({ length: 20 }, () => "same");
  const [was, is] = different(before, [...before, "new"]);
  expect([was.length, is.at(-1)]).toEqual([3, "new"]);
});
