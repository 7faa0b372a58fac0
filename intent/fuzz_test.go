package intent_test

import (
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"plumbline/internal/golden"
)

// FuzzLoad holds the law: whatever a file of intent or a lock says, there is an answer,
// and what is wrong has a place.
func FuzzLoad(f *testing.F) {
	kept := golden.Files(f, os.DirFS("../examples/two-site"))
	for p, file := range kept {
		if strings.HasPrefix(p, "intent/") || strings.HasPrefix(p, "data/") {
			f.Add(p, file.Data)
		}
	}
	f.Add("intent/x.yaml", []byte("kind: link\nname: x\noutside: y\nports:\n- {device: edge1-fra, interface: eth9}\nspeed: 1G\nmtu: 1500\n"))
	f.Add("intent/x.yaml", []byte("kind: peering\nname: x\nrelation: peer\nmode: multilateral\nlink: ams-edge\nirr: AS-X\nmax_prefixes: {ipv4: 1}\n"))
	f.Fuzz(func(t *testing.T, file string, text []byte) {
		if !fs.ValidPath(file) || !strings.HasPrefix(file, "intent/") && !strings.HasPrefix(file, "data/irr/") {
			return
		}
		files := fstest.MapFS{file: {Data: text}}
		for p, b := range kept {
			if p != file && !strings.HasPrefix(p, file+"/") && !strings.HasPrefix(file, p+"/") {
				files[p] = b
			}
		}
		_, ds := resolve(files)
		for _, d := range ds {
			if d.At.File == "" || d.Rule == "" || strings.HasPrefix(d.Rule, "PL") {
				t.Errorf("%q has no place or no rule: %+v", text, d)
			}
		}
	})
}
