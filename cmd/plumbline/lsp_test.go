package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"plumbline/internal/lsp"
	"plumbline/internal/repo"
)

// serving starts the language server on a copy of an example, and greets it as an editor does. How
// it ended is told once.
func serving(t *testing.T, example string) (e *editor, dir string, ended <-chan error) {
	t.Helper()
	dir = t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../examples/"+example)); err != nil {
		t.Fatal(err)
	}
	env := testEnv(dir, new(bytes.Buffer))
	tree, err := env.files("")
	if err != nil {
		t.Fatal(err)
	}
	in, typed := io.Pipe()
	answers, out := io.Pipe()
	end := make(chan error, 1)
	go func() { end <- lsp.Serve(in, out, dir, env.world(tree)) }()
	t.Cleanup(func() { _ = typed.Close() })
	return greet(t, dir, typed, answers), dir, end
}

// TestLSP: an editor is told what check finds while a file is typed, what a field means and
// renders, where a name is given and used, and which names there are.
func TestLSP(t *testing.T) {
	e, dir, ended := serving(t, "two-site")
	file := dir + "/intent/peering/as64500-fra.yaml"
	uri := e.open(file)
	text, _ := os.ReadFile(file)
	wrong := strings.Replace(string(text), "exchange: ix-fra", "exchange: ix-far", 1)
	e.tell("textDocument/didChange", map[string]any{"textDocument": map[string]any{"uri": uri}, "contentChanges": []any{map[string]any{"text": wrong}}})
	line := strings.Count(wrong[:strings.Index(wrong, "exchange:")], "\n")
	for until := time.Now().Add(20 * time.Second); time.Now().Before(until) && !slices.Equal(e.lines(uri), []int{line + 1}); {
		e.next(200 * time.Millisecond)
	}
	if got := e.lines(uri); !slices.Equal(got, []int{line + 1}) {
		t.Errorf("told at lines %v, want %d: %v", got, line+1, e.finds[uri])
	}
	if got := e.offers(uri, wrong, "exchange: "); !slices.Equal(got, []string{"ix-fra"}) {
		t.Errorf("offered %v", got)
	}
	e.tell("textDocument/didChange", map[string]any{"textDocument": map[string]any{"uri": uri}, "contentChanges": []any{map[string]any{"text": string(text)}}})

	at := map[string]any{"textDocument": map[string]any{"uri": uri}, "position": map[string]any{"line": line, "character": len("exchange: i")}}
	for method, want := range map[string]string{
		"textDocument/definition": "intent/exchange/ix-fra.yaml",
		"textDocument/references": "intent/peering/ix-fra-servers.yaml",
		"textDocument/hover":      "The exchange where we meet.",
	} {
		if got, _ := json.Marshal(e.ask(method, at)); !strings.Contains(string(got), want) {
			t.Errorf("%s: %s", method, got)
		}
	}
	at["position"] = map[string]any{"line": strings.Count(string(text)[:strings.Index(string(text), "addresses:")], "\n"), "character": 3}
	if got, _ := json.Marshal(e.ask("textDocument/hover", at)); !strings.Contains(string(got), "renders ") {
		t.Errorf("no rendered line: %s", got)
	}
	if got := e.lines(uri); len(got) != 0 {
		t.Errorf("a mistake that was mended is still told: %v", e.finds[uri])
	}
	e.ask("shutdown", nil)
	e.tell("exit", nil)
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// TestLSPChange: an editor is told what the change lets through since the protected branch, and no
// more of it when the branch holds it.
func TestLSPChange(t *testing.T) {
	r := rename(t, "two-site")
	g, err := repo.Init(r.dir, "main")
	if err != nil {
		t.Fatal(err)
	}
	commit := func() {
		if _, err := g.CommitFS("main", repo.Author{Person: demoCarol, When: demoDay()}, "A step", os.DirFS(r.dir)); err != nil {
			t.Fatal(err)
		}
	}
	commit()
	uri := r.open(r.dir + "/intent/peering/as64500-fra.yaml")
	told := func(want bool) {
		t.Helper()
		r.tell("textDocument/didSave", map[string]any{"textDocument": map[string]any{"uri": uri}})
		r.ask("textDocument/hover", r.place("inventory.yaml", "name: core1-ams", "")) // what was said before is here by then
		if text, _ := json.Marshal(r.finds[uri]); strings.Contains(string(text), "lets through newly\\n192.168.128.0/22 up to /24") != want {
			t.Errorf("want it told: %v; have %s", want, text)
		}
	}
	told(false)
	r.write("data/irr/AS64500+AS-ALL.lock", "irr: AS64500:AS-ALL\nfetched: 2026-11-20\nsources: RIPE\nsha256: d4f709ff63dfa58ec1374c2b40a407bf3734a0888667b8165363d6c936476bc3\n\n192.168.128.0/22\n203.0.113.0/24\n2001:db8:8000::/40\n")
	told(true)
	commit()
	told(false)
}
