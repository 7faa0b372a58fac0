package report

import (
	"html/template"
	"io"
)

// html is one file that works from a disk: no script, no address, no outside resource,
// held by its own content security policy.
func html(w io.Writer, p Page) error { return page.Execute(w, p) }

var page = template.Must(template.New("page").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width">
<title>{{.Title}}</title>
<style>
:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;max-width:1180px;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse}td,th{padding:.2rem .8rem .2rem 0;text-align:left}
details{border:1px solid #8884;border-radius:6px;margin:.5rem 0;padding:.5rem .8rem}summary{cursor:pointer}
pre{overflow-x:auto;font:13px/1.4 ui-monospace,monospace;margin:.4rem 0}
.chip{border-radius:9px;padding:0 .6rem;border:1px solid #6b7280}
.drift{background:#ffd6cf;border-color:#d64933;color:#222}.ok{background:#e7f6ec;border-color:#4ca66a;color:#222}
.pending{background:#fff1c9;border-color:#d19a00;color:#222}.unmanaged{background:#ece3ff;border-color:#7c4dff;color:#222}
.unreachable{background:#e5e7eb;border-color:#6b7280;border-style:dashed;color:#222}
.from{opacity:.6}
</style></head><body>
<h1>{{.Title}}</h1>
<table>{{range .Facts}}<tr><th>{{.Name}}</th><td>{{.Value}}</td></tr>{{end}}</table>
{{range .Diags}}<p><b>{{.Rule}}</b> {{.At}}: {{.Text}}{{with .Hint}} <i>{{.}}</i>{{end}}</p>{{end}}
{{range .Sections}}<details{{if ne .State "ok"}} open{{end}}><summary><span class="chip {{.State}}">{{.State}}</span> {{.Head}}</summary>
{{range .Notes}}<p>{{.}}</p>{{end}}
{{if .Lines}}<pre>{{range .Lines}}{{.Op}} {{.Text}}{{if .From.File}}  <span class="from">{{.From}}</span>{{end}}
{{end}}</pre>{{end}}</details>
{{end}}
{{range .Next}}<p>Next: <code>{{.}}</code></p>{{end}}
</body></html>
`))
