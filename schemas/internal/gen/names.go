package main

import (
	"strings"
	"unicode"
)

// initialisms are written in capitals in Go names, with their plurals.
var initialisms = map[string]string{ //nolint:gochecknoglobals // a constant table
	"a2p": "A2P", "api": "API", "callerid": "CallerID", "callerids": "CallerIDs", "dlr": "DLR", "dryrun": "DryRun",
	"hmac": "HMAC", "http": "HTTP", "id": "ID", "ids": "IDs", "js": "JS", "lox24": "LOX24", "p2p": "P2P", "sip": "SIP",
	"sms": "SMS", "uan": "UAN", "uapay": "UAPAY", "url": "URL", "voip": "VoIP",
}

// goName turns snake_case or UPPER_CASE into a Go name: external_id is ExternalID.
func goName(name string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(strings.ToLower(name), "_") {
		if known, ok := initialisms[word]; ok {
			b.WriteString(known)
			continue
		}
		runes := []rune(word)
		for i, r := range runes {
			if i == 0 {
				r = unicode.ToUpper(r)
			}
			b.WriteRune(r)
		}
	}
	return b.String()
}

// fileName turns a Go type name into a file name: LOX24SMS is lox24_sms. A new
// word begins at a capital that follows or precedes a lower-case letter.
func fileName(name string) string {
	runes := []rune(name)
	var b strings.Builder
	for i, r := range runes {
		before := i > 0 && (unicode.IsLower(runes[i-1]) || unicode.IsDigit(runes[i-1]))
		after := i > 0 && i+1 < len(runes) && unicode.IsLower(runes[i+1])
		if unicode.IsUpper(r) && (before || after) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// shortName is the name of an Avro type without its namespace.
func shortName(full string) string { return full[strings.LastIndexByte(full, '.')+1:] }

// comment writes text as a Go comment of at most 80 columns.
func comment(b *strings.Builder, indent, text string) {
	line := indent + "//"
	for word := range strings.FieldsSeq(text) {
		if len(line)+1+len(word) > 80 && len(line) > len(indent)+2 {
			b.WriteString(line + "\n")
			line = indent + "//"
		}
		line += " " + word
	}
	b.WriteString(line + "\n")
}
