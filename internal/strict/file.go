package strict

import (
	"errors"
	"io"
	"io/fs"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"plumbline/internal/diag"
)

// Limits of one file. Nobody reviews more, and no parser is to be fed more.
const (
	maxFile  = 1 << 20
	maxDepth = 32
	maxFlow  = 6
	maxNodes = 100000
)

// load takes the text of a file that is what a file of a repository may be.
func load(tree fs.FS, file string, ds *diag.List) ([]byte, bool) {
	top := diag.Pos{File: file, Line: 1, Col: 1}
	for _, p := range strings.Split(file, "/") {
		if !part(p) {
			ds.Failf(top, "file/name", "the path has characters other than letters, digits, dot, underscore and hyphen")
			return nil, false
		}
	}
	info, err := fs.Lstat(tree, file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		ds.Failf(top, "file/unreadable", "there is no such file")
		return nil, false
	case err != nil:
		ds.Failf(top, "file/unreadable", "cannot read the file: see to its permissions")
		return nil, false
	case info.Mode()&fs.ModeSymlink != 0:
		ds.Failf(top, "file/mode", "a symbolic link: put the file itself here")
		return nil, false
	case !info.Mode().IsRegular():
		ds.Failf(top, "file/mode", "not a regular file")
		return nil, false
	case info.Mode()&0o111 != 0:
		ds.Failf(top, "file/mode", "the file is executable: take the bit away with chmod -x")
		return nil, false
	case info.Size() > maxFile:
		ds.Failf(top, "file/too-big", "a file holds at most %d bytes, this has %d", maxFile, info.Size())
		return nil, false
	}
	text, err := fs.ReadFile(tree, file)
	if err != nil {
		ds.Failf(top, "file/unreadable", "cannot read the file: see to its permissions")
		return nil, false
	}
	return text, clean(file, string(text), ds)
}

// clean refuses text that is not what it looks like. One saying per line is enough.
func clean(file, text string, ds *diag.List) bool {
	before := len(*ds)
	if len(text) > maxFile {
		ds.Failf(diag.Pos{File: file, Line: 1, Col: 1}, "file/too-big", "a file holds at most %d bytes, this has %d", maxFile, len(text))
		return false
	}
	for no, line := range strings.Split(text, "\n") {
		col := 1
		for i, r := range line {
			at := diag.Pos{File: file, Line: no + 1, Col: col}
			if why := character(line[i:], r, no == 0 && i == 0); why != "" {
				id := "file/character"
				if why == badUTF8 {
					id = "file/not-utf8"
				}
				ds.Failf(at, id, "%s", why)
				break
			}
			col++
		}
		if len(*ds) > 20 {
			break
		}
	}
	return len(*ds) == before
}

const badUTF8 = "a byte that is no UTF-8: save the file as UTF-8"

// character tells why a character may not stand in a file; "" where it may.
func character(rest string, r rune, first bool) string {
	switch {
	case r == utf8.RuneError && !strings.HasPrefix(rest, "\uFFFD"):
		return badUTF8
	case r == '\uFEFF' && first:
		return "a byte-order mark: save the file without it"
	case r == '\t':
		return "a tab: use blanks"
	case r == '\r':
		return "a carriage return: end lines with a line feed alone"
	case r < ' ' || r >= 0x7F && r < 0xA0 || r == '\u2028' || r == '\u2029' || r == '\uFEFF':
		return "a control character"
	case r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 || r == 0x200E || r == 0x200F:
		return "a character that reorders text: what is shown would not be what is read"
	}
	return ""
}

// syntax gives place and words to what the parser says.
func syntax(file string, err error, lines []string) (at diag.Pos, id, why string) {
	at = diag.Pos{File: file, Line: 1, Col: 1}
	if errors.Is(err, io.EOF) || errors.Is(err, errEmpty) {
		return at, "schema/empty", "the file is empty"
	}
	var le *yaml.LoadError
	if !errors.As(err, &le) {
		return at, "yaml/syntax", "not YAML: " + err.Error()
	}
	at.Line, at.Col = max(1, min(le.Mark.Line, len(lines))), max(1, le.Mark.Column)
	if strings.Contains(le.Message, "unknown anchor") {
		return at, "yaml/anchor", "no anchors and aliases: write the value out"
	}
	return at, "yaml/syntax", "not YAML: " + le.Message
}
