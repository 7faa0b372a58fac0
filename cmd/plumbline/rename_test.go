package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestRename: an object gets another name wherever it stands, from any of these places, and what
// cannot be told, or would not be right, is refused.
func TestRename(t *testing.T) {
	for _, c := range []struct {
		example, file, at string // the place is where at begins, behind its colon and blank
		to, back          string // what to look for when it goes back
		files             int
	}{
		{"two-site", "inventory.yaml", "name: core1-ams", "core9-ams", "name: core9-ams", 3},
		{"two-site", "intent/link/ams-edge.yaml", "device: core1-ams", "c", "device: c\n", 3},
		{"two-site", "intent/peering/as64500-fra.yaml", "name: as64500-fra", "as64500-fra2", "name: as64500-fra2", 1},
		{"two-site", "intent/peering/as64500-fra.yaml", "exchange: ix-fra", "ix-2", "exchange: ix-2", 3},
		{"two-site", "inventory.yaml", "site: fra", "muc", "site: muc", 1},
		{"leaf-spine", "intent/segment/web.yaml", "name: web", "front", "name: front", 1},
		{"leaf-spine", "intent/vrf/red.yaml", "over: fra-dc1", "fra-dc2", "over: fra-dc2", 4},
		{"leaf-spine", "inventory.yaml", "name: leaf1-fra", "leaf9-fra", "name: leaf9-fra", -1},
	} {
		r := rename(t, c.example)
		was := r.texts()
		changed := r.apply(r.ask("textDocument/rename", r.place(c.file, c.at, c.to)))
		if c.files >= 0 && changed != c.files || changed == 0 {
			t.Errorf("%s to %s: %d files changed, want %d", c.at, c.to, changed, c.files)
		}
		var out bytes.Buffer
		if code := run(t.Context(), testEnv(r.dir, &out), []string{"check"}); code != ok {
			t.Errorf("%s to %s: check says %s", c.at, c.to, out.String())
		}
		_, old, _ := strings.Cut(c.at, ": ")
		for file, text := range r.texts() {
			if i := slices.IndexFunc(strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \n,[]{}:", r) }), func(w string) bool { return w == old }); i >= 0 {
				t.Errorf("%s still speaks of %s", file, old)
			}
		}
		r.apply(r.ask("textDocument/rename", r.place(c.file, c.back, old)))
		for file, text := range r.texts() {
			if text != was[file] {
				t.Errorf("%s to %s and back: %s is otherwise", c.at, c.to, file)
			}
		}
	}
}

// TestRenameRefused names what is refused, and that nothing is offered to be renamed there.
func TestRenameRefused(t *testing.T) {
	for _, c := range []struct{ example, file, at, to, over, want string }{
		{"two-site", "inventory.yaml", "name: core1-ams", "core1-fra", "", "is given twice"},
		{"two-site", "inventory.yaml", "name: core1-ams", "Core 1", "", "cannot be called Core 1"},
		{"two-site", "inventory.yaml", "name: core1-ams", "default", "", "cannot be called default"},
		{"two-site", "inventory.yaml", "role: core", "edge", "", "not the name of an object"},
		{"two-site", "inventory.yaml", "platform: frr", "bird", "", "no platform of this network is called frr"},
		{"two-site", "inventory.yaml", "devices:", "x", "", "no name stands here"},
		{"two-site", "inventory.yaml", "name: core1-ams", "c", "intent/link/edges.yaml=kind: [", "mend this first"},
		{"two-site", "inventory.yaml", "name: core1-ams", "c", "intent/link/edges.yaml=kind: link\nname: edges\n", "mend this first"},
		{"two-site", "inventory.yaml", "name: core1-ams", "c", "inventory/more.yaml=devices: [{name: core1-ams}]\n", "2 objects are called core1-ams"},
		{"leaf-spine", "intent/fabric/fra-dc1.yaml", "name: fra-dc1", "c", "intent/label_domain/x.yaml=kind: label_domain\nname: fra-dc1\n", "(fabric, label_domain): it cannot be told"},
	} {
		r := rename(t, c.example)
		if file, text, ok := strings.Cut(c.over, "="); ok {
			r.write(file, text)
		}
		if got := r.refusal("textDocument/rename", r.place(c.file, c.at, c.to)); !strings.Contains(got, c.want) {
			t.Errorf("%s to %s: %s", c.at, c.to, got)
		}
	}
	r := rename(t, "two-site")
	if got, ok := r.ask("textDocument/prepareRename", r.place("inventory.yaml", "name: core1-ams", "")).(map[string]any); !ok || got["placeholder"] != "core1-ams" {
		t.Errorf("it cannot be seen what is renamed: %v", got)
	}
	if got := r.refusal("textDocument/prepareRename", r.place("inventory.yaml", "role: core", "")); !strings.Contains(got, "not the name") {
		t.Error(got)
	}
}

// renamer is an editor of a network on the disk.
type renamer struct {
	*editor
	dir string
}

func rename(t *testing.T, example string) renamer {
	t.Helper()
	e, dir, _ := serving(t, example)
	return renamer{e, dir}
}

// place is where a word of a file stands, and the name that is wanted.
func (r renamer) place(file, at, to string) map[string]any {
	r.Helper()
	before, _, ok := strings.Cut(r.texts()[file], at)
	if !ok {
		r.Fatalf("%s does not say %s", file, at)
	}
	line := strings.Count(before, "\n")
	col := len(before) - strings.LastIndex(before, "\n") - 1
	if i := strings.Index(at, ": "); i >= 0 {
		col += i + 2
	}
	return map[string]any{"textDocument": map[string]any{"uri": "file://" + r.dir + "/" + file}, "position": map[string]any{"line": line, "character": col}, "newName": to}
}

func (r renamer) write(file, text string) {
	r.Helper()
	name := filepath.Join(r.dir, file)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		r.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		r.Fatal(err)
	}
}

// texts gives every file of intent and inventory.
func (r renamer) texts() map[string]string {
	r.Helper()
	out := map[string]string{}
	for _, pattern := range []string{"inventory.yaml", "inventory/*.yaml", "intent/*/*.yaml"} {
		files, _ := filepath.Glob(filepath.Join(r.dir, pattern))
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				r.Fatal(err)
			}
			out[strings.TrimPrefix(file, r.dir+"/")] = string(text)
		}
	}
	return out
}

// apply does what an editor does with an answer, and gives how many files it changes.
func (r renamer) apply(answer any) int {
	r.Helper()
	edit, _ := answer.(map[string]any)
	changes, _ := edit["changes"].(map[string]any)
	for uri, edits := range changes {
		file := strings.TrimPrefix(uri, "file://"+r.dir+"/")
		lines := strings.Split(r.texts()[file], "\n")
		for _, e := range edits.([]any) { // they come from behind
			e := e.(map[string]any)
			span := e["range"].(map[string]any)
			from, to := span["start"].(map[string]any), span["end"].(map[string]any)
			no := int(from["line"].(float64))
			lines[no] = lines[no][:int(from["character"].(float64))] + e["newText"].(string) + lines[no][int(to["character"].(float64)):]
		}
		r.write(file, strings.Join(lines, "\n"))
	}
	return len(changes)
}
