package render

import (
	"io/fs"
	"reflect"
	"strings"
	"testing"
	"text/template"

	"plumbline/internal/network"
	"plumbline/templates"
)

// TestCounted holds that every template of ours can be counted without being filled: check
// would be several times slower on a platform where it cannot.
func TestCounted(t *testing.T) {
	device := reflect.TypeFor[network.Device]()
	met := 0
	for i := range device.NumField() {
		group := device.Field(i)
		files, _ := fs.Glob(templates.FS, "*/"+group.Name+".tmpl")
		for _, file := range files {
			text, err := fs.ReadFile(templates.FS, file)
			if err != nil {
				t.Fatal(err)
			}
			tmpl := template.Must(template.New(file).Funcs(silent).Parse(string(text)))
			if met++; counted(tmpl.Root, group.Type) == nil {
				t.Errorf("%s has something that no part is made for", file)
			}
		}
	}
	if met == 0 {
		t.Error("no template was met")
	}
}

// TestUncounted holds that what cannot be counted as it would be filled is left to filling.
func TestUncounted(t *testing.T) {
	facts := &network.Interfaces{Ports: []network.Port{{Name: "eth0", MTU: 9000, MAC: "02:00"}}}
	for _, c := range []struct {
		text  string
		lines int // -1 where it is left to filling
	}{
		{"a\n\n  \nb", 2},
		{"{{range .Ports}}{{.Name}}\n{{.MTU}} x\n{{end}}", 2},
		{"{{range $i, $p := .Ports}}{{if more $i $.Ports}},{{end}}\n{{end}}", 0},
		{"{{$n := 0}}{{range .Ports}}{{$n = .MTU}}{{end}}{{if gt $n 8999}}x{{end}}", 1},
		{"{{with index .Ports 0}}{{.Name}}{{else}}a\nb{{end}}", 1},
		{"{{range .Ports}}{{slice .MAC 0 2}}\n{{end}}", 1},
		{"{{len .Ports}}", 1},
		{"{{range .Ports}}{{if or .VLAN (eq .MTU 1 9000)}}a\nb{{end}}{{end}}", 2},
		{"{{range .Ports}}{{.ESI}}\n{{end}}", 0},
		{"{{range .Ports}}{{$x := or .VLAN .Name}}{{if $x}}a\nb{{end}}{{end}}", 2},
		{"{{index .Ports 1}}", -1},
		{"{{range .Ports}}{{slice .MAC 0 9}}{{end}}", -1},
		{"{{unsaid \"it\"}}", -1},
		{"{{range .Ports}}{{.Name}}{{break}}{{end}}", -1},
		{"{{range .Ports}}{{or .Name .MTU}}{{end}}", -1},
		{"{{.Ports | len}}", -1},
		{"{{.Nothing}}", -1},
	} {
		tmpl := template.Must(template.New("").Funcs(silent).Parse(c.text))
		have := -1
		if s := counted(tmpl.Root, reflect.TypeOf(facts)); s != nil {
			if n, ok := s.count(new(tally), facts); ok {
				have = n
			}
		}
		if have != c.lines {
			t.Errorf("%s comes to %d lines, want %d", strings.ReplaceAll(c.text, "\n", "|"), have, c.lines)
		}
	}
}

// TestCountedBounds holds that what is too much to fill is too much to count.
func TestCountedBounds(t *testing.T) {
	facts := &network.Interfaces{Ports: make([]network.Port, 2000)}
	for _, text := range []string{"{{range .Ports}}{{range $.Ports}}{{end}}{{end}}", "{{range .Ports}}" + strings.Repeat("x", 10<<10) + "{{end}}"} {
		tmpl := template.Must(template.New("").Funcs(silent).Parse(text))
		if _, ok := counted(tmpl.Root, reflect.TypeOf(facts)).count(new(tally), facts); ok {
			t.Errorf("%.40s is counted", text)
		}
	}
}
