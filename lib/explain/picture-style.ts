/**
 * Colours and fonts of the picture. Colours stand in the classes themselves and not in variables, since viewers outside
 * of browsers know none; on paper the light ones hold. Roles are told in words too, so nothing depends on colour.
 */
export const pictureStyle = `
text { font-family: system-ui, -apple-system, "Segoe UI", Helvetica, Arial, "Liberation Sans", sans-serif; fill: #1f2328; }
.page { fill: #ffffff; stroke: #d1d9e0; }
.zone { fill: #f6f8fa; stroke: #c4ccd4; }
.witness { stroke-dasharray: 5 4; }
.rule { stroke: #d8dee4; }
.heading { font-size: 20px; font-weight: 600; }
.title { font-size: 15px; font-weight: 600; }
.name { font-size: 13.5px; font-weight: 600; }
.said { font-size: 12.5px; }
.faint { font-size: 11px; fill: #59636e; }
.sum { font-size: 11px; }
.bad { font-size: 11px; font-weight: 600; fill: #b3241c; }
.pod { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace; font-size: 12px; }
.peer { fill: #e3f1ff; stroke: #2a6fc4; }
.orderer { fill: #fdf0d0; stroke: #96690b; }
.ca { fill: none; stroke: #78828c; }
@media screen and (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  .page { fill: #0d1117; stroke: #30363d; }
  .zone { fill: #161b22; stroke: #3d444d; }
  .rule { stroke: #2a313a; }
  .faint { fill: #9da7b3; }
  .bad { fill: #ff8f85; }
  .peer { fill: #10294a; stroke: #5ea2f2; }
  .orderer { fill: #3a2b07; stroke: #d3a02c; }
  .ca { stroke: #8b949e; }
}
`;
