package ops

import (
	"bytes"
	"html/template"
	"log/slog"
	"net/http"
	"time"
)

// pageText is readable as it comes, with curl too.
const pageText = `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>tributary {{.Role}}</title></head>
<body style="font: 16px/1.5 sans-serif; max-width: 50em; margin: 2em auto; padding: 0 1em">
<h1>tributary {{.Role}}</h1>
<p><b>{{if .Ready}}ready{{else}}not ready{{end}}</b>{{with .Why}}: {{.}}{{end}}</p>
<p>version {{.Version}}, instance {{.Instance}}, runs since {{.Since}}</p>
<p><a href="/readyz">readyz</a> <a href="/healthz">healthz</a> <a href="/metrics">metrics</a>
<a href="https://github.com/tributary-hq/tributary/blob/main/deploy/runbook.md">runbook</a></p>
</body></html>
`

// page is for people who open the port.
func (s *Server) page(w http.ResponseWriter, _ *http.Request) {
	ready, why, _ := s.state()
	var out bytes.Buffer
	err := template.Must(template.New("page").Parse(pageText)).Execute(&out, struct {
		About

		Ready      bool
		Why, Since string
	}{s.about, ready, why, s.since.UTC().Format(time.RFC3339)})
	if err != nil {
		s.logger.Error("ops page cannot be written", slog.String("error", err.Error()))
	}
	s.write(w, http.StatusOK, "text/html; charset=utf-8", out.Bytes())
}
