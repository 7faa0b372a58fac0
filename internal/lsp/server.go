package lsp

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/url"
	"path"
	"strings"

	"plumbline/internal/diag"
	"plumbline/internal/schema"
)

// World is what a server asks of the program around it.
type World struct {
	Language *schema.Language

	Over  func(texts map[string][]byte) fs.FS            // the working tree, with files as they are typed
	Check func(fs.FS) diag.List                          // all that check finds in a tree
	Lines func(tree fs.FS, file string, no int) []string // the lines that a line of intent renders, by device
}

// maxOpen is how many files one editor may hold open.
const maxOpen = 1000

type server struct {
	World
	out   io.Writer
	root  string // the path of the repository in the addresses of files
	texts map[string][]byte
	told  map[string]bool // the files that findings were told of
	stale bool            // a text changed since the last check
}

type message struct {
	ID     json.RawMessage `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
}

type object = map[string]any

// Serve answers an editor until it leaves; root is the absolute path of the repository. The
// error tells why it ended before the editor said so.
func Serve(in io.Reader, out io.Writer, root string, w World) error {
	s := &server{World: w, out: out, root: strings.TrimSuffix(root, "/") + "/", texts: map[string][]byte{}, told: map[string]bool{}}
	r := bufio.NewReader(in)
	for {
		body, err := ReadFrame(r)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		var m message
		if json.Unmarshal(body, &m) != nil {
			if err := s.reply(nil, "error", object{"code": -32700, "message": "this is no JSON"}); err != nil {
				return err
			}
			continue
		}
		if m.Method == "exit" {
			return nil
		}
		if err := s.handle(m); err != nil {
			return err
		}
		if s.stale && r.Buffered() == 0 { // what was typed meanwhile is checked once
			if err := s.publish(); err != nil {
				return err
			}
		}
	}
}

// handle answers one message. What goes wrong inside is an answer too, and no end.
func (s *server) handle(m message) (err error) {
	defer func() {
		if r := recover(); r != nil && m.ID != nil {
			err = s.reply(m.ID, "error", object{"code": -32603, "message": "this is a bug of plumbline"})
		}
	}()
	var p params
	if m.Params != nil && json.Unmarshal(m.Params, &p) != nil {
		if m.ID == nil {
			return nil
		}
		return s.reply(m.ID, "error", object{"code": -32602, "message": "these are no parameters of " + m.Method})
	}
	if m.ID == nil {
		s.notice(m.Method, p)
		return nil
	}
	answer, known := answers[m.Method]
	if !known {
		return s.reply(m.ID, "error", object{"code": -32601, "message": "there is no " + m.Method})
	}
	value := answer(s, p)
	if no, refused := value.(refusal); refused {
		return s.reply(m.ID, "error", object{"code": -32803, "message": no})
	}
	return s.reply(m.ID, "result", value)
}

func (s *server) reply(id json.RawMessage, key string, value any) error {
	if id == nil {
		id = json.RawMessage("null")
	}
	return s.send(object{"jsonrpc": "2.0", "id": id, key: value})
}

func (s *server) send(m object) error {
	body, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return WriteFrame(s.out, body)
}

// params are those parts of parameters that are of use here.
type params struct {
	TextDocument struct {
		URI  string `json:"uri"`
		Text string `json:"text"`
	} `json:"textDocument"`
	Position struct {
		Line      int `json:"line"`
		Character int `json:"character"`
	} `json:"position"`
	NewName        string `json:"newName"`
	ContentChanges []struct {
		Text string `json:"text"`
	} `json:"contentChanges"`
}

// notice takes what needs no answer: what is open, and its text.
func (s *server) notice(method string, p params) {
	file, ok := s.file(p.TextDocument.URI)
	if !ok {
		if method == "initialized" {
			s.stale = true
		}
		return
	}
	switch method {
	case "textDocument/didOpen":
		if len(s.texts) < maxOpen {
			s.texts[file] = []byte(p.TextDocument.Text)
		}
	case "textDocument/didChange":
		if n := len(p.ContentChanges); n > 0 && s.texts[file] != nil {
			s.texts[file] = []byte(p.ContentChanges[n-1].Text)
		}
	case "textDocument/didClose":
		delete(s.texts, file)
	case "textDocument/didSave":
	default:
		return
	}
	s.stale = true
}

// file gives the path of a file in the repository; false for what is not in it.
func (s *server) file(uri string) (string, bool) {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "file" {
		return "", false
	}
	file, ok := strings.CutPrefix(path.Clean(u.Path), s.root)
	return file, ok && fs.ValidPath(file) && file != "."
}

func (s *server) uri(file string) string {
	return (&url.URL{Scheme: "file", Path: s.root + file}).String()
}

// publish checks the tree as it is typed, and tells what was found in each file.
func (s *server) publish() error {
	s.stale = false
	tree, found := s.Over(s.texts), map[string][]any{}
	for _, d := range s.Check(tree) {
		found[d.At.File] = append(found[d.At.File], s.finding(tree, d))
	}
	for file := range s.told {
		if found[file] == nil {
			found[file] = []any{}
		}
	}
	for file, list := range found {
		s.told[file] = true
		if err := s.send(object{"jsonrpc": "2.0", "method": "textDocument/publishDiagnostics", "params": object{"uri": s.uri(file), "diagnostics": list}}); err != nil {
			return err
		}
	}
	return nil
}

func (s *server) finding(tree fs.FS, d diag.Diag) any {
	text := strings.Join(append([]string{d.Text}, d.Notes...), "\n")
	if d.Hint != "" {
		text += "\n" + d.Hint
	}
	var also []any
	for _, p := range d.Also {
		also = append(also, object{"location": s.location(tree, p), "message": "and here"})
	}
	return object{
		"range": s.span(tree, d.At), "severity": 3 - int(d.Severity), "code": d.Rule, "source": "plumbline",
		"message": text, "relatedInformation": also,
	}
}
