package main

import (
	"bytes"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"plumbline/internal/gate/signed"
)

// canaries is what somebody typed on a device by hand, and a change must take along.
var canaries = []string{"Kanari1nPeer"}

// TestSecretsStay holds the law: what devices hold in places of secrets is in no output, no
// plan, no journal and no Git object, and still it is sent where a change takes it along.
func TestSecretsStay(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.do(s.demo.diff, s.demo.approve, s.demo.merge, s.demo.push)
	box := s.farm.Device(demoRouter)
	s.must(box.Type("router bgp 64496", "neighbor 198.18.0.77 password "+canaries[0]))
	box.Save()

	s.peering("  ipv4: 200", "  ipv4: 300")
	page := s.path("page.html")
	said := s.plumb(ok, "diff", "--out", s.path("plan.json"), "--page", page)
	if _, err := s.keep(said); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"diff", "--commands"}, {"diff", "-o", "json"}, {"diff", "-o", "html"}, {"doctor"}} {
		said += s.plumb(ok, args...)
	}
	said += s.plumb(differ, "drift") + s.plumb(differ, "drift", "-o", "json")
	stored, err := signed.LoadPlan(s.repo, s.plan)
	s.must(err)
	said += string(stored.Encode())
	s.signs(demoBob)
	s.do(s.demo.merge)
	said += s.plumb(ok, "push", "--plan", s.plan)

	s.must(os.Remove(s.path("network", "intent", "peering", "as64500-fra.yaml")))
	refusal := s.plumb(findings, "diff")
	if !strings.Contains(refusal, "password <secret>") {
		t.Errorf("taking the neighbour away is not refused for its password:\n%s", refusal)
	}
	said += refusal
	for _, c := range canaries {
		if strings.Contains(said, c) {
			t.Errorf("%s was told", c)
		}
		if !strings.Contains(string(box.Running()), c) {
			t.Errorf("%s is gone from the device", c)
		}
	}
	s.nowhere(canaries)
}

// peering changes the peering of the example by one word, on carol's branch.
func (s *stage) peering(old, is string) {
	s.t.Helper()
	const name = "intent/peering/as64500-fra.yaml"
	text, err := os.ReadFile(s.path("network", name))
	s.must(err)
	changed := strings.Replace(string(text), old, is, 1)
	if changed == string(text) {
		s.t.Fatalf("%s has no %q", name, old)
	}
	s.must(os.WriteFile(s.path("network", name), []byte(changed), 0o644))
	tip, err := s.repo.Branch("main")
	s.must(err)
	s.must(s.repo.Point("change", tip))
	s.write(name, changed)
}

// nowhere reads every file of the stage, Git objects as they are kept among them.
func (s *stage) nowhere(words []string) {
	s.t.Helper()
	files := 0
	s.must(filepath.WalkDir(s.dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(name)
		files++
		for _, w := range words {
			if strings.Contains(string(text), w) {
				s.t.Errorf("%s holds %s", name, w)
			}
		}
		return err
	}))
	if files < 50 {
		s.t.Errorf("only %d files were read", files)
	}
}

// TestVeilOfPieces holds the law: a secret is hidden in however many pieces it is written, as it is and
// in other alphabets; and all that is no secret is there when the program ends, in its order.
func TestVeilOfPieces(t *testing.T) {
	const secret = "Kanari01plain"
	for _, form := range []string{secret, base64.StdEncoding.EncodeToString([]byte("me:" + secret + "\n")), hex.EncodeToString([]byte(secret)), url.QueryEscape("&" + secret), base32.StdEncoding.EncodeToString([]byte(secret))} {
		text := "the device says: " + form + ", twice: " + form + "\nand no more; Kan"
		var whole bytes.Buffer
		v := &veil{}
		v.add(secret, "Kanari01plain-and-longer")
		w := v.over(&whole)
		if _, err := io.WriteString(w, text); err != nil || w.flush() != nil {
			t.Fatal(err)
		}
		for size := 1; size < len(text); size++ {
			var out bytes.Buffer
			w := v.over(&out)
			for piece := range slices.Chunk([]byte(text), size) {
				if n, err := w.Write(piece); n != len(piece) || err != nil {
					t.Fatal(n, err)
				}
			}
			if err := w.flush(); err != nil || strings.Contains(out.String(), form) || strings.Contains(out.String(), secret) {
				t.Errorf("%q in pieces of %d: %q %v", form, size, out.String(), err)
			}
			if !strings.HasPrefix(out.String(), "the device says: ") || !strings.HasSuffix(out.String(), "\nand no more; Kan") || out.String() != whole.String() {
				t.Errorf("%q in pieces of %d: %q, and in one %q", form, size, out.String(), whole.String())
			}
		}
	}
}

// TestVeilHoldsLittle holds that nobody waits for what is no part of a secret: a line, a question, a display
// that is written over, what programs say to each other.
func TestVeilHoldsLittle(t *testing.T) {
	v := &veil{}
	for _, secrets := range [][]string{nil, {"Kanari01plain"}} {
		v.add(secrets...)
		for _, text := range []string{"\r12/40 devices", "go on? ", "a line\n", "Content-Length: 2\r\n\r\n{}"} {
			var out bytes.Buffer
			if _, err := io.WriteString(v.over(&out), text); err != nil || out.String() != text {
				t.Errorf("of %q there is %q %v", text, out.String(), err)
			}
		}
	}
}
