package main

import (
	"bytes"
	"compress/zlib"
	"crypto/sha1" //nolint:gosec // the names of Git's objects
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"plumbline/internal/gate/signed"
	"plumbline/internal/repo"
	"plumbline/templates"
)

// TestVerify holds the law: a deployment that nobody touched passes, and one in which a
// single byte of anything is another one is refused by the name of what it is in.
func TestVerify(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.do(s.diff, s.approve, s.merge, s.push)
	out := s.plumb(ok, "verify")
	if !strings.Contains(out, "deployment 1 is verified") || !strings.Contains(out, "byte for byte") {
		t.Fatalf("it was not verified:\n%s", out)
	}
	if again := s.plumb(ok, "verify", s.plan[:12], "-o", "json"); !strings.Contains(again, `"verified":true`) {
		t.Fatalf("by its plan, in JSON:\n%s", again)
	}
	s.plumb(usage, "verify", "nothing-like-it")

	r := rand.New(rand.NewPCG(9, 2026))
	refusals := map[string]int{}
	for i := range 200 {
		m := mutations[i%len(mutations)]
		why := m.try(s, r)
		if why == "" {
			t.Errorf("mutation %d, of %s: not refused", i, m.what)
			continue
		}
		if !strings.Contains(why, m.named) {
			t.Errorf("mutation %d, of %s: refused without naming %q: %s", i, m.what, m.named, why)
		}
		refusals[m.what]++
	}
	s.plumb(ok, "verify")
	t.Logf("figure: single-byte mutations refused by verify, each by name: %v", refusals)
}

// TestVerifyAuditor holds the law: with keys of their own, somebody outside trusts none that
// the repository lists alone.
func TestVerifyAuditor(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.do(s.diff, s.approve, s.merge, s.push)
	own, err := os.ReadFile(s.path("network", signed.SignersFile))
	s.must(err)
	file := s.path("auditor")
	s.must(os.WriteFile(file, own, 0o600))
	s.plumb(ok, "verify", "--signers", file)
	for _, who := range []string{"ledger", demoBob} {
		var left []string
		for line := range strings.Lines(string(own)) {
			if !strings.HasPrefix(line, who) {
				left = append(left, line)
			}
		}
		s.must(os.WriteFile(file, []byte(strings.Join(left, "")), 0o600))
		if out := s.plumb(refused, "verify", "--signers", file); !strings.Contains(out, "is not verified") {
			t.Errorf("without the key of %s:\n%s", who, out)
		}
	}
}

// mutation changes one byte of one thing, asks, and puts it back. It gives why it was
// refused; "" where it was not.
type mutation struct {
	what, named string
	try         func(*stage, *rand.Rand) string
}

var mutations = []mutation{
	{"intent", "tampered with", func(s *stage, r *rand.Rand) string {
		tree, _, err := s.repo.At("main")
		s.must(err)
		var names []string
		s.must(fs.WalkDir(tree, "intent", func(name string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				names = append(names, name)
			}
			return err
		}))
		text, err := fs.ReadFile(tree, names[r.IntN(len(names))])
		s.must(err)
		return s.inPlace("blob", text, other(r, text))
	}},
	{"template", "rendered", func(s *stage, r *rand.Rand) string {
		for range 100 { // a byte of a comment, or of what this network does not use, changes nothing that was sent
			if why := s.withTemplates(mutated(s, r)); why != "" {
				return why
			}
		}
		return ""
	}},
	{"rendered text", "approv", func(s *stage, r *rand.Rand) string {
		p, err := signed.LoadPlan(s.repo, s.plan)
		s.must(err)
		c := &p.Changes[r.IntN(len(p.Changes))]
		c.Text = other(r, c.Text)
		digest, err := signed.StorePlan(s.repo, p)
		s.must(err)
		return s.resigned(func(e *repo.Entry) { // by somebody who has the ledger key
			e.Plan = digest
			for i := range e.Devices {
				if e.Devices[i].Name == c.Device {
					e.Devices[i].Leaf, e.Devices[i].Rendered = fmt.Sprintf("%x", c.Leaf()), fmt.Sprintf("%x", sum(c.Text))
				}
			}
		})
	}},
	{"plan", "plan", func(s *stage, r *rand.Rand) string { return s.inRef("plans/"+s.plan, r) }},
	{"approval", "statement", func(s *stage, r *rand.Rand) string {
		names, err := s.repo.List("approvals/" + s.plan)
		s.must(err)
		return s.inRef(names[r.IntN(len(names))], r)
	}},
	{"ledger", "ledger", func(s *stage, r *rand.Rand) string { return s.inRef("ledger", r) }},
}

// other is text with one byte that is another one.
func other(r *rand.Rand, text []byte) []byte {
	out := bytes.Clone(text)
	at := r.IntN(len(out))
	out[at] ^= byte(1 + r.IntN(255))
	return out
}

// inRef mutates what is kept under a ref.
func (s *stage) inRef(name string, r *rand.Rand) string {
	text, err := s.repo.Get(name)
	s.must(err)
	s.must(s.repo.Put(name, other(r, text)))
	defer func() { s.must(s.repo.Put(name, text)) }()
	return s.refusal()
}

// inPlace writes other bytes under the name of an object.
func (s *stage) inPlace(kind string, text, instead []byte) string {
	head := fmt.Sprintf("%s %d\x00", kind, len(text))
	name := fmt.Sprintf("%x", sha1.Sum(append([]byte(head), text...))) //nolint:gosec // as above
	file := s.path("network", ".git", "objects", name[:2], name[2:])
	old, err := os.ReadFile(file)
	s.must(err)
	var out bytes.Buffer
	z := zlib.NewWriter(&out)
	_, err = z.Write(append([]byte(fmt.Sprintf("%s %d\x00", kind, len(instead))), instead...))
	s.must(err)
	s.must(z.Close())
	s.must(os.Chmod(file, 0o600))
	s.must(os.WriteFile(file, out.Bytes(), 0o600))
	defer func() { s.must(os.WriteFile(file, old, 0o600)) }()
	return s.refusal()
}

// resigned gives the last entry of the ledger another content, under the true key.
func (s *stage) resigned(change func(*repo.Entry)) string {
	old, err := s.repo.Get("ledger")
	s.must(err)
	defer func() { s.must(s.repo.Put("ledger", old)) }()
	es := s.ledger()
	e := es[len(es)-1]
	change(&e)
	pem, err := os.ReadFile(s.path("keys", "ledger"))
	s.must(err)
	k, err := signed.ParseKey(pem)
	s.must(err)
	lines := bytes.SplitAfter(bytes.TrimSuffix(old, []byte("\n")), []byte("\n"))
	s.must(s.repo.Put("ledger", bytes.Join(lines[:len(lines)-1], nil)))
	_, err = signed.Record(s.repo, "main", k, e)
	s.must(err)
	return s.refusal()
}

// refusal is what verify says where it refuses.
func (s *stage) refusal() string { return s.withTemplates(templates.FS) }

func (s *stage) withTemplates(platforms fs.FS) string {
	s.t.Helper()
	e := &env{dir: s.path("network")}
	q, err := e.inquire("", "")
	if err != nil {
		return err.Error()
	}
	q.platforms = platforms
	checks := q.run()
	if last := checks[len(checks)-1]; !last.OK {
		return last.Name + ": " + last.Text
	}
	return ""
}

// mutated is the templates of FRR with one byte that is another one.
func mutated(s *stage, r *rand.Rand) fs.FS {
	out := fstest.MapFS{}
	var names []string
	s.must(fs.WalkDir(templates.FS, "frr", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(templates.FS, name)
		out[name] = &fstest.MapFile{Data: text}
		if strings.HasSuffix(name, ".tmpl") {
			names = append(names, name)
		}
		return err
	}))
	name := names[r.IntN(len(names))]
	out[name] = &fstest.MapFile{Data: other(r, out[name].Data)}
	return out
}
