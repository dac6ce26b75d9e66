package catalogue

import (
	_ "embed" // the style
	"fmt"
	"html"
	"strings"
)

//go:embed style.css
var style string

// page writes HTML. Every text is escaped, but the format strings, which are of this package.
type page struct{ strings.Builder }

// putf writes a format whose arguments are escaped; all its verbs are %s.
func (p *page) putf(format string, args ...any) {
	for i, arg := range args {
		args[i] = html.EscapeString(fmt.Sprint(arg))
	}
	fmt.Fprintf(&p.Builder, format+"\n", args...)
}

// begin writes the head of a page, with the links to the others.
func (p *page) begin(title, subtitle string) {
	p.putf(`<!doctype html><html lang="en"><head><meta charset="utf-8">` +
		`<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">`)
	p.putf("<title>%s · Tributary</title>", title)
	fmt.Fprintf(&p.Builder, "<style>%s</style></head><body>\n", style)
	p.putf(`<nav><a href="index.html">Topics</a> <a href="lineage.html">Lineage</a> <a href="asyncapi.json">AsyncAPI</a> <a href="datacontract.yaml">Data contract</a></nav>`)
	p.putf("<main><h1>%s</h1><p class=lead>%s</p>", title, subtitle)
}

func (p *page) end() string {
	p.putf("</main></body></html>")
	return p.String()
}

// list writes the items as a list.
func (p *page) list(items []string) {
	p.putf("<ul>")
	for _, item := range items {
		p.putf("<li>%s</li>", item)
	}
	p.putf("</ul>")
}

// facts writes pairs of a name and a text.
func (p *page) facts(pairs ...string) {
	p.putf("<dl class=facts>")
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			p.putf("<div><dt>%s</dt><dd>%s</dd></div>", pairs[i], pairs[i+1])
		}
	}
	p.putf("</dl>")
}
