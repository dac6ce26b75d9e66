// Package consoletest checks that every page is the console's own HTML whatever text the records have.
package consoletest

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// Check returns the faults of a page: scripts, styles and addresses that are not the console's own, and
// characters that hide or reorder text.
func Check(page string) []string {
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return []string{err.Error()}
	}
	var faults []string
	ids := map[string]bool{}
	for n := range root.Descendants() {
		switch n.Type {
		case html.TextNode:
			if i := strings.IndexFunc(n.Data, invisible); i >= 0 {
				r, _ := utf8.DecodeRuneInString(n.Data[i:])
				faults = append(faults, fmt.Sprintf("a text with the invisible character %q", r))
			}
		case html.CommentNode:
			faults = append(faults, "a comment: "+n.Data)
		case html.ElementNode:
			faults = append(faults, element(n, ids)...)
		default:
		}
	}
	return faults
}

// invisible reports characters that hide or reorder text, but white space of our own pages.
func invisible(r rune) bool {
	return r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r))
}

// elements are those that the console uses; any other came from outside.
func elements() []string {
	return strings.Fields(`html head meta title link script noscript body a main header nav form input select option footer span button section h1 h2 h3 p div table thead tbody tr th td
		details summary dl dt dd ul ol li strong b code pre time svg line polyline polygon rect path img label br wbr`)
}

func element(n *html.Node, ids map[string]bool) (faults []string) {
	fault := func(format string, args ...any) {
		faults = append(faults, fmt.Sprintf("<%s>: ", n.Data)+fmt.Sprintf(format, args...))
	}
	if !slices.Contains(elements(), n.Data) {
		fault("not an element of the console")
	}
	attributes := map[string]string{}
	for _, a := range n.Attr {
		attributes[a.Key] = a.Val
	}
	for _, a := range n.Attr {
		switch {
		case n.Data == "input" && attributes["type"] == "hidden" && a.Key == "value":
			// Nobody sees it, and the form needs it as it is.
		case strings.HasPrefix(a.Key, "on"), a.Key == "style", a.Key == "srcdoc":
			fault("attribute %s", a.Key)
		case a.Key == "href", a.Key == "src", a.Key == "action", a.Key == "data-live":
			if !own(n, a.Val) {
				fault("%s leads to %q", a.Key, a.Val)
			}
		case a.Key == "id":
			if ids[a.Val] {
				fault("a second id %s", a.Val)
			}
			ids[a.Val] = true
		case strings.IndexFunc(a.Val, invisible) >= 0:
			fault("attribute %s with an invisible character", a.Key)
		}
	}
	switch {
	case n.Data == "script" && (!strings.HasPrefix(attributes["src"], "/asset/") || n.FirstChild != nil):
		fault("a script of its own")
	case n.Data == "link" && !strings.HasPrefix(attributes["href"], "/asset/"):
		fault("fetches %s", attributes["href"])
	case n.Data == "form" && attributes["method"] == "post" && !strings.Contains(attributes["action"], "/login") && !hasToken(n):
		fault("a form to %s without the token", attributes["action"])
	}
	return faults
}

func hasToken(form *html.Node) bool {
	for n := range form.Descendants() {
		for _, a := range n.Attr {
			if a.Key == "name" && a.Val == "csrf" {
				return true
			}
		}
	}
	return false
}

// own reports whether an address is one of the console, or a link to another site that tells it
// nothing.
func own(n *html.Node, address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	if u.Scheme == "https" && n.Data == "a" {
		return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == "rel" && strings.Contains(a.Val, "noreferrer") })
	}
	return u.Scheme == "" && u.Host == "" && (strings.HasPrefix(address, "/") && !strings.HasPrefix(address, "//") || strings.HasPrefix(address, "#"))
}

// Hostile are texts that a webhook may bring.
func Hostile() []string {
	return []string{
		`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `'-alert(1)-'`, `javascript:alert(1)`, `</textarea></pre><svg onload=alert(1)>`,
		"\u202egnp.exe", "\u2066a\u2069", "zero\u200bwidth", "\x00\x1b[31mred", "line\r\nSet-Cookie: a=b", "\xff\xfe not UTF-8",
		`{{.Secret}}`, `<!--`, `]]>`, `&lt;b&gt;`, `//evil.example/`, `https://evil.example/`, `data:text/html,<b>`, `=cmd|' /C calc'!A0`, "`id`", `../../etc/passwd`,
		strings.Repeat("0123456789", 1024), strings.Repeat("\u202e", 50), strings.Repeat("𝕏", 300),
	}
}
