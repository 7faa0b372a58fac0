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
)

// TestLSP: an editor is told what check finds while a file is typed, what a field means and
// renders, where a name is given and used, and which names there are.
func TestLSP(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../examples/two-site")); err != nil {
		t.Fatal(err)
	}
	env := testEnv(dir, new(bytes.Buffer))
	tree, err := env.files("")
	if err != nil {
		t.Fatal(err)
	}
	in, typed := io.Pipe()
	answers, out := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- lsp.Serve(in, out, dir, env.world(tree)) }()
	e := greet(t, dir, typed, answers)

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
