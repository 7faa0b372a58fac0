package intent_test

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"plumbline/intent"
	"plumbline/internal/golden"
	"plumbline/internal/schema"
)

// table writes the fields of an object, then the objects in them.
func table(t *testing.T, b *bytes.Buffer, o *schema.Object, where string) {
	t.Helper()
	b.WriteString("| field | type | required | meaning |\n|---|---|---|---|\n")
	for _, f := range o.Fields {
		if f.Doc == "" {
			t.Errorf("%s %s has no comment: it is its documentation", where, f.Name)
		}
		if f.Head {
			continue
		}
		required := "yes"
		if f.Optional {
			required = "no"
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", f.Name, f.Says(), required, f.Doc)
	}
	for _, f := range o.Fields {
		if in := f.Type.Scalar().Object; in != nil {
			at := strings.TrimPrefix(where+"."+f.Name, ".")
			fmt.Fprintf(b, "\n## %s\n\n%s\n\n", at, in.Doc)
			table(t, b, in, at)
		}
	}
}

// example gives the first object of a kind in the case that the kind is good.
func example(t *testing.T, kind string) (text string) {
	t.Helper()
	a, err := txtar.ParseFile("testdata/" + kind + "/good.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range a.Files {
		if strings.HasPrefix(string(f.Data), "kind: "+kind+"\n") {
			return string(f.Data)
		}
	}
	t.Errorf("the good case of %s has no file that begins with its kind", kind)
	return ""
}

// refusal is a message that something is not in this version, in the source.
var refusal = regexp.MustCompile(`"(schema|vrf|link|segment|fabric|anycast|peering|exchange|design)/([a-z-]+)", "([^"]*not in this version)"`)

// later writes what is refused as not in this version: kinds, fields, and what fields cannot say.
func later(t *testing.T, b *bytes.Buffer) {
	t.Helper()
	kinds, fields := intent.Later()
	fmt.Fprintf(b, "## Not in this version\n\nThese are refused by name.\n\n")
	for _, k := range kinds {
		fmt.Fprintf(b, "- the kind `%s`\n", k)
	}
	for _, k := range slices.Sorted(maps.Keys(fields)) {
		for _, f := range fields[k] {
			fmt.Fprintf(b, "- the field `%s` of `%s`\n", f, k)
		}
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range refusal.FindAllSubmatch(text, -1) {
			if string(m[2]) != "unknown-kind" {
				fmt.Fprintf(b, "- `%s/%s`: %s\n", m[1], m[2], strings.ReplaceAll(string(m[3]), "%s", "…"))
			}
		}
	}
}

// TestKindPages holds the law: the pages of the kinds say what the types say. -update
// writes them.
func TestKindPages(t *testing.T) {
	l := schema.Read()
	var index bytes.Buffer
	index.WriteString("# Kinds\n\nWhat can be asked for. One file is one object, and begins with `kind` and `name`; a field that is not listed is refused.\n")
	index.WriteString("These pages are made from the types of `intent` (`go test ./intent -update`).\n\n| kind | what it is |\n|---|---|\n")
	want := map[string][]byte{}
	for _, kind := range intent.Kinds() {
		says := l.Kinds[kind].Doc
		fmt.Fprintf(&index, "| [%s](%s.md) | %s |\n", kind, kind, says)
		var b bytes.Buffer
		fmt.Fprintf(&b, "# %s\n\n%s\n\n```yaml\n%s```\n\n", kind, says, example(t, kind))
		table(t, &b, l.Kinds[kind], "")
		want[kind+".md"] = b.Bytes()
	}
	fmt.Fprintf(&index, "\nWhat they are about stands in the [inventory](inventory.md).\n\n")
	var b bytes.Buffer
	fmt.Fprintf(&b, "# inventory\n\n%s\n\nIt stands in `inventory.yaml`, and in files of the folder `inventory`, whose lists are put together.\n\n", l.Inventory.Doc)
	table(t, &b, l.Inventory, "")
	want["inventory.md"] = b.Bytes()
	later(t, &index)
	want["README.md"] = index.Bytes()
	golden.Pages(t, "../docs/kinds", want)
}
