package templates_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"

	"plumbline/internal/network"
)

var (
	unsaid  = regexp.MustCompile(`\{\{unsaid "([^"]*)"\}\}`)
	without = regexp.MustCompile(`\{\{without "([^"]*)"\}\}`)
)

// rendered writes which groups of facts a folder has a template for, and what the templates
// say that the platform has no words for.
func rendered(b *bytes.Buffer, platform string) {
	b.WriteString("\n## What is rendered\n\n")
	var refused, lacked []string
	any := false
	device := reflect.TypeFor[network.Device]()
	for i := range device.NumField() {
		f := device.Field(i)
		text, err := os.ReadFile(filepath.Join(platform, f.Name+".tmpl"))
		if err != nil {
			continue
		}
		if !any {
			b.WriteString("Groups of facts that have a template:")
			any = true
		}
		fmt.Fprintf(b, " `%s`", f.Name)
		refused, lacked = append(refused, texts(unsaid, text)...), append(lacked, texts(without, text)...)
	}
	if !any {
		b.WriteString("Nothing: there is no template; the dialect reads, compares and plans.\n")
		return
	}
	b.WriteString(". Intent that asks for another group is refused.\n")
	list(b, "There are no words for these, and the intent that asks for one is refused (`render/no-words`):", refused)
	list(b, "It goes without these, which a note tells at the intent (`render/without`):", lacked)
}

func texts(find *regexp.Regexp, text []byte) (out []string) {
	for _, m := range find.FindAllSubmatch(text, -1) {
		out = append(out, string(m[1]))
	}
	return out
}

func list(b *bytes.Buffer, head string, items []string) {
	slices.Sort(items)
	if len(items) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s\n\n", head)
	for _, i := range slices.Compact(items) {
		fmt.Fprintf(b, "- %s\n", i)
	}
}
