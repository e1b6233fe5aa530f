/** How the readable document looks, on a screen and on A4. Nothing in it is loaded from anywhere. */
export const documentStyle = `
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2.5rem 1.5rem; max-width: 50rem; color: #1c1f23; background: #fff;
  font: 1rem/1.5 system-ui, 'Segoe UI', sans-serif; overflow-wrap: anywhere; }
h1 { margin: 0 0 .25rem; font-size: 1.75rem; line-height: 1.2; }
h2 { margin: 3rem 0 .75rem; padding-top: 1rem; border-top: 2px solid #1c1f23; font-size: 1.25rem; }
h3 { margin: 1.5rem 0 .5rem; font-size: 1rem; }
.says { margin: 0 0 1.5rem; color: #545b64; }
dl { display: grid; grid-template-columns: minmax(8rem, auto) 1fr; gap: .25rem 1.5rem; margin: 0; }
dt { color: #545b64; }
dd { margin: 0; }
table { width: 100%; border-collapse: collapse; font-size: .875rem; }
th, td { padding: .4rem .75rem .4rem 0; border-bottom: 1px solid #d5d9de; text-align: start; vertical-align: top; }
th { color: #545b64; font-weight: 600; }
th, td { overflow-wrap: normal; }
td bdi { overflow-wrap: anywhere; }
ol { margin: 0; padding: 0; list-style: none; }
li { padding: .5rem 0; border-bottom: 1px solid #e7e9ec; break-inside: avoid; }
li p { margin: 0; white-space: pre-wrap; unicode-bidi: isolate; }
.who { font-size: .8125rem; color: #545b64; }
.who b { color: #1c1f23; }
.note { padding-inline-start: .75rem; border-inline-start: 3px solid #b98a00; }
.event { font-size: .875rem; color: #545b64; }
footer { margin-top: 3rem; padding-top: 1rem; border-top: 2px solid #1c1f23; font-weight: 600; }
bdi { unicode-bidi: isolate; }
@media (max-width: 30rem) { dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .5rem; } }
@page { size: A4; margin: 18mm; }
@media print { body { padding: 0; max-width: none; font-size: 10pt; } h2 { break-before: page; } h2:first-of-type { break-before: auto; }
  h2, h3 { break-after: avoid; } thead { display: table-header-group; } tr { break-inside: avoid; } }
`;
