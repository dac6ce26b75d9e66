package ops

import (
	"fmt"
	"html"
	"net/http"
	"time"
)

// pageText is readable as it comes, with curl too. Its arguments are escaped: the role (twice), ready
// or not, why not, the version, the instance, the start. html/template would do that, but it makes the
// linker keep every exported method: 8 MB.
const pageText = `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>tributary %[1]s</title></head>
<body style="font: 16px/1.5 sans-serif; max-width: 50em; margin: 2em auto; padding: 0 1em">
<h1>tributary %[1]s</h1>
<p><b>%[2]s</b>%[3]s</p>
<p>version %[4]s, instance %[5]s, runs since %[6]s</p>
<p><a href="/readyz">readyz</a> <a href="/healthz">healthz</a> <a href="/metrics">metrics</a>
<a href="https://github.com/tributary-hq/tributary/blob/main/deploy/runbook.md">runbook</a></p>
</body></html>
`

// page is for people who open the port.
func (s *Server) page(w http.ResponseWriter, _ *http.Request) {
	ready, why, _ := s.state()
	state := "not ready"
	if ready {
		state = "ready"
	}
	if why != "" {
		why = ": " + why
	}
	text := fmt.Sprintf(pageText, html.EscapeString(s.about.Role), state, html.EscapeString(why),
		html.EscapeString(s.about.Version), html.EscapeString(s.about.Instance), s.since.UTC().Format(time.RFC3339))
	s.write(w, http.StatusOK, "text/html; charset=utf-8", []byte(text))
}
