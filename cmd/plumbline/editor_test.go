package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"plumbline/internal/lab"
	"plumbline/internal/lsp"
)

// TestInit: what init writes is in form, and its schemas are those of what it writes.
func TestInit(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		in, line string
		want     int
	}{{dir, "init mynet", ok}, {dir + "/mynet", "schema --project --check", ok}, {dir + "/mynet", "fmt --check", ok}} {
		var out bytes.Buffer
		if got := run(t.Context(), testEnv(c.in, &out), strings.Fields(c.line)); got != c.want {
			t.Errorf("%s: exit %d\n%s", c.line, got, out.String())
		}
	}
	if _, err := os.Stat(dir + "/mynet/.vscode/settings.json"); err != nil {
		t.Error(err)
	}
}

// editor speaks to a language server as an editor does.
type editor struct {
	*testing.T
	in    io.Writer
	out   chan map[string]any
	id    int
	finds map[string][]any // what was last found, by file
}

// begin starts a server in a folder and greets it.
func begin(t *testing.T, dir string, argv ...string) *editor {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), argv[0], argv[1:]...)
	cmd.Dir, cmd.WaitDelay = dir, time.Second
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = in.Close(); _ = cmd.Process.Kill(); _ = cmd.Wait() })
	return greet(t, dir, in, out)
}

// greet speaks over streams to a server that runs.
func greet(t *testing.T, dir string, in io.Writer, out io.Reader) *editor {
	t.Helper()
	e := &editor{T: t, in: in, out: make(chan map[string]any, 100), finds: map[string][]any{}}
	go func() {
		defer close(e.out)
		for r := bufio.NewReader(out); ; {
			body, err := lsp.ReadFrame(r)
			if err != nil {
				return
			}
			var m map[string]any
			if json.Unmarshal(body, &m) == nil {
				e.out <- m
			}
		}
	}()
	e.ask("initialize", map[string]any{"processId": nil, "rootUri": "file://" + dir, "capabilities": map[string]any{}})
	e.tell("initialized", map[string]any{})
	return e
}

func (e *editor) send(m map[string]any) {
	m["jsonrpc"] = "2.0"
	body, err := json.Marshal(m)
	if err == nil {
		err = lsp.WriteFrame(e.in, body)
	}
	if err != nil {
		e.Fatal(err)
	}
}

func (e *editor) tell(method string, params any) {
	e.send(map[string]any{"method": method, "params": params})
}

// next takes one message of the server; false where none comes for a while.
func (e *editor) next(wait time.Duration) (map[string]any, bool) {
	select {
	case m, ok := <-e.out:
		if m["method"] == "textDocument/publishDiagnostics" {
			p := m["params"].(map[string]any)
			e.finds[p["uri"].(string)], _ = p["diagnostics"].([]any)
		}
		if m["method"] != nil && m["id"] != nil { // it asks: there is nothing to say
			e.send(map[string]any{"id": m["id"], "result": nil})
		}
		return m, ok
	case <-time.After(wait):
		return nil, false
	}
}

// ask gives the result of a request.
func (e *editor) ask(method string, params any) any {
	e.Helper()
	return e.answer(method, params)["result"]
}

// refusal gives why a request is refused.
func (e *editor) refusal(method string, params any) string {
	e.Helper()
	no, _ := e.answer(method, params)["error"].(map[string]any)
	return fmt.Sprint(no["message"])
}

func (e *editor) answer(method string, params any) map[string]any {
	e.Helper()
	e.id++
	e.send(map[string]any{"id": e.id, "method": method, "params": params})
	for {
		m, ok := e.next(20 * time.Second)
		if !ok {
			e.Fatalf("%s was not answered", method)
		}
		if id, ok := m["id"].(float64); ok && int(id) == e.id && m["method"] == nil {
			return m
		}
	}
}

// open shows a file to the server.
func (e *editor) open(file string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		e.Fatal(err)
	}
	uri := "file://" + file
	e.tell("textDocument/didOpen", map[string]any{"textDocument": map[string]any{"uri": uri, "languageId": "yaml", "version": 1, "text": string(text)}})
	return uri
}

// lines gives the lines on which something was found, from 1.
func (e *editor) lines(uri string) (out []int) {
	for _, d := range e.finds[uri] {
		at := d.(map[string]any)["range"].(map[string]any)["start"].(map[string]any)
		out = append(out, int(at["line"].(float64))+1)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// offers gives what is offered where a text stands in a file.
func (e *editor) offers(uri, text, at string) (out []string) {
	e.Helper()
	before, _, ok := strings.Cut(text, at)
	if !ok {
		e.Fatalf("%q is not there", at)
	}
	line := strings.Count(before, "\n")
	col := len(before) - strings.LastIndex(before, "\n") - 1 + len(at)
	got := e.ask("textDocument/completion", map[string]any{"textDocument": map[string]any{"uri": uri}, "position": map[string]any{"line": line, "character": col}})
	items, _ := got.([]any)
	if m, ok := got.(map[string]any); ok {
		items, _ = m["items"].([]any)
	}
	for _, i := range items {
		out = append(out, fmt.Sprint(i.(map[string]any)["label"]))
	}
	slices.Sort(out)
	return out
}

// mistaken puts an example into a folder with the files of the case over it, whose mistakes
// are marked, and gives the marked lines by file.
func mistaken(t *testing.T, dir string) map[string][]int {
	t.Helper()
	if err := os.CopyFS(dir, os.DirFS("../../examples/leaf-spine")); err != nil {
		t.Fatal(err)
	}
	if got := run(t.Context(), testEnv(dir, new(bytes.Buffer)), []string{"schema", "--project"}); got != ok {
		t.Fatal("no schema")
	}
	a, err := txtar.ParseFile("testdata/editor/mistakes.txt")
	if err != nil {
		t.Fatal(err)
	}
	marked := map[string][]int{}
	for _, f := range a.Files {
		file := filepath.Join(dir, f.Name)
		if err := writeFile(file, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
		marked[file] = nil
		for i, line := range strings.Split(string(f.Data), "\n") {
			if strings.HasSuffix(line, "# wrong") {
				marked[file] = append(marked[file], i+1)
			}
		}
	}
	return marked
}

// TestYAMLServer: the language server that editors ask about YAML tells every mistake of a
// file at its line, by our schema alone, and offers the names of the network.
func TestYAMLServer(t *testing.T) {
	lab.Need(t, "yaml-language-server")
	server, err := filepath.Abs("../../tools/yaml-language-server/node_modules/yaml-language-server/bin/yaml-language-server")
	if err != nil {
		t.Fatal(err)
	}
	dir, all := t.TempDir(), 0
	marked := mistaken(t, dir)
	e := begin(t, dir, "node", server, "--stdio")
	e.tell("workspace/didChangeConfiguration", map[string]any{"settings": map[string]any{"yaml": map[string]any{
		"validate": true, "completion": true, "hover": true, "schemaStore": map[string]any{"enable": false},
	}}})
	for file, want := range marked {
		uri := e.open(file)
		for until := time.Now().Add(20 * time.Second); time.Now().Before(until) && !slices.Equal(e.lines(uri), want); {
			e.next(200 * time.Millisecond)
		}
		if got := e.lines(uri); !slices.Equal(got, want) {
			t.Errorf("%s: told at lines %v, want %v: %v", file, got, want, e.finds[uri])
		}
		all += len(want)
	}
	if all < 20 {
		t.Errorf("only %d mistakes are seeded", all)
	}
	file := filepath.Join(dir, "intent/link/fw1.yaml")
	text := "# yaml-language-server: $schema=../../.plumbline/schema.json\nkind: link\nname: fw1\noutside: fw1\nports:\n- device: \n  interface: eth1\nspeed: 10G\nmtu: 9000\n"
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	offered := e.offers(e.open(file), text, "device: ")
	for _, device := range []string{"leaf1-fra", "leaf4-fra", "spine2-fra"} {
		if !slices.Contains(offered, device) {
			t.Errorf("%s is not offered: %v", device, offered)
		}
	}
	t.Logf("figure: %d of %d mistakes told at their line", all, all)
}
