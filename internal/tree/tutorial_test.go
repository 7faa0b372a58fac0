package tree_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"plumbline/internal/network"
	"plumbline/internal/pairs"
	"plumbline/internal/tree/dialect"
	"plumbline/render"

	"golang.org/x/tools/txtar"
)

// step is one block of the tutorial: what is done with its text.
type step struct{ do, name, text string }

func tutorial(t *testing.T) (out []step) {
	t.Helper()
	text, err := os.ReadFile("../../docs/tutorial-dialect.md")
	if err != nil {
		t.Fatal(err)
	}
	for i, part := range strings.Split("\n"+string(text), "\n```") {
		if i%2 == 1 {
			head, body, _ := strings.Cut(part, "\n")
			do, name, _ := strings.Cut(head, " ")
			out = append(out, step{do, name, body + "\n"})
		}
	}
	return out
}

// larch is the platform of the tutorial as far as it is built.
func larch(t *testing.T, files fs.FS) *dialect.Dialect {
	t.Helper()
	p, problems := render.Read(files, "larch")
	for _, d := range problems {
		t.Errorf("%v", d)
	}
	return p.Dialect
}

// TestTutorial does what the tutorial says: it builds the platform from the files on the
// page, plays each case where it stands, and in the end random pairs of the dialect.
func TestTutorial(t *testing.T) {
	files := fstest.MapFS{}
	count := map[string]int{}
	var faults string
	for _, s := range tutorial(t) {
		count[s.do]++
		switch s.do {
		case "file":
			files[s.name] = &fstest.MapFile{Data: []byte(s.text)}
		case "add":
			if files[s.name] == nil {
				files[s.name] = &fstest.MapFile{}
			}
			files[s.name].Data = append(files[s.name].Data, s.text...)
		case "case":
			played(t, larch(t, files), s)
		case "wrong":
			rules := string(files["larch/dialect.rules"].Data) + s.text
			_, problems := dialect.Read("larch", []byte(rules))
			faults = fmt.Sprint(problems)
		case "says":
			if !strings.Contains(faults, strings.TrimSpace(s.text)) {
				t.Errorf("the page says %s; the reader says %s", s.text, faults)
			}
		case "render":
			rendered(t, files, s)
		default:
			t.Errorf("nothing is known of a block %q", s.do)
		}
	}
	if count["case"] < 3 || count["says"] != count["wrong"] || count["render"] == 0 {
		t.Errorf("blocks of the page were not found: %v", count)
	}
	d := larch(t, files)
	for seed := range uint64(100) {
		c := pairs.New(d, seed, 20)
		p := pair{d: d, seed: seed, have: c.Text(), want: c.Mutate(seed, 4).Text()}
		if p.judge(); p.fault != "" {
			t.Fatalf("seed %d: %s\nhave:\n%s\nwant:\n%s\ndo:\n%s", seed, p.fault, p.have, p.want, p.do)
		}
	}
}

func played(t *testing.T, d *dialect.Dialect, s step) {
	t.Helper()
	files, err := txtar.FS(txtar.Parse([]byte(s.text)))
	if err != nil {
		t.Fatal(err)
	}
	if got := play(t, d, files); !bytes.Equal(got, section(files, "want")) {
		t.Errorf("%s: have:\n%s\nthe page says:\n%s", s.name, got, section(files, "want"))
	}
}

func rendered(t *testing.T, files fs.FS, s step) {
	t.Helper()
	n := &network.Network{Devices: []*network.Device{{Name: "r1", Platform: "larch", Interfaces: &network.Interfaces{
		Ports: []network.Port{{Name: "e1", Description: "to the east", Addrs: []network.Addr{{Prefix: netip.MustParsePrefix("192.0.2.1/31")}}}},
	}}}}
	cs, problems := render.All(n, files)
	for _, d := range problems {
		t.Errorf("%v", d)
	}
	if got := string(cs[0].Text); got != s.text {
		t.Errorf("have:\n%s\nthe page says:\n%s", got, s.text)
	}
}
