package terminal

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/term"
)

// Line returns text as part of one line: control characters, line breaks included,
// bidirectional marks and characters that have no width are escaped.
func Line(text string) string {
	if safe(text, "") {
		return text
	}
	return string(escape(nil, text, ""))
}

// Text is text of ours that has line breaks of its own. Printf leaves them.
type Text string

// Printf is fmt.Fprintf whose string and error arguments become part of one line each,
// see Line. Arguments of type Text keep their line breaks.
func Printf(w io.Writer, format string, args ...any) {
	lines := make([]any, len(args))
	for i, arg := range args {
		switch v := arg.(type) {
		case string:
			lines[i] = Line(v)
		case error:
			lines[i] = Line(v.Error())
		default:
			lines[i] = arg
		}
	}
	// A reader that has gone away is no fault of the program.
	_, _ = fmt.Fprintf(w, format, lines...)
}

// kept are the control characters that a Writer passes.
const kept = "\n\t"

// Writer passes text on, with all characters escaped that could steer a terminal, but
// line breaks and tabs. Each Write must end at the end of a character.
type Writer struct{ to io.Writer }

// NewWriter returns a Writer to another writer.
func NewWriter(to io.Writer) *Writer { return &Writer{to: to} }

// Write implements io.Writer.
func (w *Writer) Write(p []byte) (int, error) {
	if text := string(p); !safe(text, kept) {
		if _, err := w.to.Write(escape(make([]byte, 0, 2*len(p)), text, kept)); err != nil {
			return 0, err
		}
		return len(p), nil
	}
	return w.to.Write(p)
}

// Unwrap returns the writer behind a Writer, and any other writer unchanged. It is for
// output that must control the terminal, such as a progress bar.
func Unwrap(w io.Writer) io.Writer {
	if own, ok := w.(*Writer); ok {
		return own.to
	}
	return w
}

// Width returns the columns of the terminal that a writer is, 0 if it is none. COLUMNS, if set, is the
// width of either.
func Width(w io.Writer) int {
	if columns, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && columns > 0 {
		return columns
	}
	f, ok := Unwrap(w).(*os.File)
	if !ok {
		return 0
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return width
}

// IsTerminal reports whether a writer is a terminal.
func IsTerminal(w io.Writer) bool {
	f, ok := Unwrap(w).(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

func safe(text, kept string) bool {
	for i, r := range text {
		switch {
		case ' ' <= r && r <= '~':
		case r == utf8.RuneError && !strings.HasPrefix(text[i:], "\uFFFD"):
			return false
		case steers(r) && !strings.ContainsRune(kept, r):
			return false
		}
	}
	return true
}

// steers says whether a character steers a terminal or is not seen: control and format
// characters, line and paragraph separators, private use, and those that Unicode calls
// ignorable by default.
func steers(r rune) bool {
	return unicode.In(r, unicode.C, unicode.Zl, unicode.Zp, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

func escape(dst []byte, text, kept string) []byte {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			// Not UTF-8: a terminal may take 0x9b for the beginning of a sequence.
			dst = fmt.Appendf(dst, `\x%02x`, text[i])
		case !steers(r) || strings.ContainsRune(kept, r):
			dst = append(dst, text[i:i+size]...)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			dst = fmt.Appendf(dst, `\u%04x\u%04x`, high, low)
		default:
			dst = fmt.Appendf(dst, `\u%04x`, r)
		}
		i += size
	}
	return dst
}
