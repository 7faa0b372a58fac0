package lsp_test

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"plumbline/internal/diag"
	"plumbline/internal/lsp"
	"plumbline/internal/schema"
)

// TestFrame: what is written is read; what is too long, torn or no message is refused.
func TestFrame(t *testing.T) {
	var b bytes.Buffer
	for _, body := range []string{"{}", "", strings.Repeat("ä", 100000)} {
		if err := lsp.WriteFrame(&b, []byte(body)); err != nil {
			t.Fatal(err)
		}
		if got, err := lsp.ReadFrame(bufio.NewReader(bytes.NewReader(b.Bytes()))); err != nil || string(got) != body {
			t.Errorf("%d bytes came back as %d: %v", len(body), len(got), err)
		}
		b.Reset()
	}
	if _, err := lsp.ReadFrame(bufio.NewReader(strings.NewReader(""))); !errors.Is(err, io.EOF) {
		t.Errorf("the end: %v", err)
	}
	for _, text := range []string{
		"\r\n", "Content-Length: -1\r\n\r\n", "Content-Length: 99999999999\r\n\r\n", "Content-Length: 5\r\n\r\nabc",
		"no colon\r\n\r\n", strings.Repeat("a", 10000), "Content-Length: 2", strings.Repeat("X: y\r\n", 5000),
	} {
		if _, err := lsp.ReadFrame(bufio.NewReader(strings.NewReader(text))); err == nil || errors.Is(err, io.EOF) {
			t.Errorf("%.20q: %v", text, err)
		}
	}
}

// FuzzServe holds the law: whatever an editor sends, the server answers or ends, and writes
// nothing but messages.
func FuzzServe(f *testing.F) {
	uri := `"textDocument":{"uri":"file:///r/intent/a.yaml","text":"kind: link\nname: x\nspeed: 1G\n"}`
	for _, s := range []string{
		`{"id":1,"method":"initialize","params":{}}`, `{"method":"textDocument/didOpen","params":{` + uri + `}}`,
		`{"id":2,"method":"textDocument/hover","params":{` + uri + `,"position":{"line":1,"character":-7}}}`,
		`{"id":"a","method":"textDocument/completion","params":{` + uri + `,"position":{"line":2,"character":7}}}`,
		`{"id":3,"method":"textDocument/definition","params":[]}`, `{`, `{"method":"exit"}`, `{"id":4,"method":"textDocument/references","params":{"position":{"line":99999999,"character":9}}}`,
	} {
		f.Add(s, s)
	}
	disk := fstest.MapFS{"intent/b.yaml": {Data: []byte("kind: link\nname: y\nspeed: 1G\nmtu: 9000\n")}}
	w := lsp.World{
		Language: schema.Read(),
		Over: func(texts map[string][]byte) fs.FS {
			tree := fstest.MapFS{"intent/b.yaml": disk["intent/b.yaml"]}
			for name, text := range texts {
				tree[name] = &fstest.MapFile{Data: text}
			}
			return tree
		},
		Check: func(fs.FS) (ds diag.List) {
			ds.Failf(diag.Pos{File: "intent/a.yaml", Line: 2, Col: 99}, "a/b", "x").Also = []diag.Pos{{}}
			return ds
		},
		Lines: func(fs.FS, string, int) []string { return []string{"r1: x"} },
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		var in, out bytes.Buffer
		open := `{"method":"textDocument/didOpen","params":{` + uri + `}}`
		for _, s := range []string{open, a, b} {
			if err := lsp.WriteFrame(&in, []byte(s)); err != nil {
				t.Fatal(err)
			}
		}
		in.WriteString(a) // and something that is no message at all
		_ = lsp.Serve(&in, &out, "/r", w)
		for r := bufio.NewReader(&out); ; {
			if _, err := lsp.ReadFrame(r); errors.Is(err, io.EOF) {
				return
			} else if err != nil {
				t.Fatal(err)
			}
		}
	})
}
