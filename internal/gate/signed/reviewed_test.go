package signed

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"plumbline/internal/gate"
	"plumbline/internal/repo"
)

// forgeText is policy that counts reviews on a forge alone.
var forgeText = strings.NewReplacer("signer: ann@example.net", "signer: ann@example.net, gitea: 1", "signer: bob@example.net", "signer: bob@example.net, gitea: 2",
	"signer: eve@example.net", "signer: eve@example.net, gitea: 3").Replace(policyText) + "forge: {kind: gitea, repository: 7}\n"

// fake is a forge that knows some requests by the commit that they ended in.
type fake struct {
	ended map[string]*gate.Request
	weak  []gate.Weakness
	err   error
	teams map[gate.Team]gate.Members
	asked *[]gate.Account // about teams
}

func (f fake) Teams(_ context.Context, q *gate.Request, teams []gate.Team, of []gate.Account) error {
	*f.asked = append(*f.asked, of...)
	for _, t := range teams {
		m := f.teams[t]
		m.Team = t
		for _, one := range of {
			m.Asked = append(m.Asked, one.ID)
		}
		q.Teams = append(q.Teams, m)
	}
	return f.err
}

func (f fake) Request(_ context.Context, commit string) (*gate.Request, error) {
	return f.ended[commit], f.err
}

func (f fake) Protection(context.Context, string) ([]gate.Weakness, error) { return f.weak, nil }

// reviewScene is a network whose policy counts reviews, with the change of scene on branch f,
// whose plan was shown an hour ago.
func reviewScene(t *testing.T) (*scene, fake) { t.Helper(); return sceneOf(t, forgeText) }

func sceneOf(t *testing.T, policy string) (*scene, fake) {
	t.Helper()
	s := newScene(t)
	k, _, err := NewKey("planner")
	if err != nil {
		t.Fatal(err)
	}
	s.keys["planner"] = k
	s.signers += `planner@example.net namespaces="plan@plumbline" ` + k.Authorized() + "\n"
	s.commit("main", "ann", map[string]string{"policy.yaml": policy, SignersFile: s.signers})
	for _, who := range []string{"ann", "eve"} {
		if _, err := SayBaseline(s.r, s.keys[who], "", "main", noon, noon.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	s.head = s.fork("f", "ann", map[string]string{"intent/a.yaml": "a: 2\n"})
	s.shown(s.head, -time.Hour)
	return s, fake{ended: map[string]*gate.Request{}}
}

func (s *scene) shown(head string, when time.Duration) {
	s.Helper()
	if err := Show(s.r, Seal{Key: s.keys["planner"], Branch: "main", Head: head, Plan: s.plan.Digest(), At: noon.Add(when)}); err != nil {
		s.Fatal(err)
	}
}

// ended says that a request with a head, which Bob approved ten minutes ago, ended in a commit.
func (f fake) end(head, commit string) *gate.Request {
	q := &gate.Request{Forge: "gitea", Number: len(f.ended) + 1, Repository: 7, Branch: "main", Head: head, Merged: true, Landed: commit, Author: 1,
		Reviews: []gate.Review{{ID: 1, By: gate.Account{ID: 2, Login: "bob", Write: true}, Says: gate.Approves, Commit: head, At: noon.Add(-10 * time.Minute)}}}
	f.ended[commit] = q
	return q
}

// TestReviewed walks from a forge and objects in Git to a verdict.
func TestReviewed(t *testing.T) {
	for name, c := range map[string]struct {
		play func(s *scene, f fake)
		want string
	}{
		"merge commit": {func(s *scene, f fake) { f.end(s.head, s.merge(s.head)) }, ""},
		"squash":       {func(s *scene, f fake) { f.end(s.head, s.squash(s.head)) }, ""},
		"moved forward": {func(s *scene, f fake) {
			if err := s.r.Point("main", s.head); err != nil {
				s.Fatal(err)
			}
			f.end(s.head, s.head)
		}, ""},
		"a series, rebased": {func(s *scene, f fake) {
			h := s.commit("f", "ann", map[string]string{"intent/c.yaml": "c\n"})
			s.shown(h, -time.Hour)
			s.commit("main", "ann", map[string]string{"intent/a.yaml": "a: 2\n"})
			f.end(h, s.commit("main", "ann", map[string]string{"intent/c.yaml": "c\n"}))
		}, ""},
		"two landings": {func(s *scene, f fake) {
			f.end(s.head, s.merge(s.head))
			g := s.fork("g", "ann", map[string]string{"intent/b.yaml": "b\n"})
			s.shown(g, -time.Hour)
			f.end(g, s.squash(g))
		}, ""},
		"no request": {func(s *scene, _ fake) { s.merge(s.head) }, "gate/other-request"},
		"a direct push after": {func(s *scene, f fake) {
			f.end(s.head, s.merge(s.head))
			s.commit("main", "ann", map[string]string{"x": "evil\n"})
		}, "gate/not-landed"},
		"a direct push before": {func(s *scene, f fake) {
			s.commit("main", "ann", map[string]string{"x": "evil\n"})
			f.end(s.head, s.merge(s.head))
		}, "gate/not-landed"},
		"a direct push that the request undid": { // what is pushed is what was reviewed; nothing between ever is
			func(s *scene, f fake) {
				s.commit("main", "ann", map[string]string{"intent/a.yaml": "a: evil\n"})
				f.end(s.head, s.commit("main", "ann", map[string]string{"intent/a.yaml": "a: 2\n"}))
			}, ""},
		"a landing of before, on a moved file": {func(s *scene, f fake) {
			g := s.fork("g", "ann", map[string]string{"intent/a.yaml": "a: 5\n"})
			s.shown(g, -time.Hour)
			f.end(s.head, s.merge(s.head))
			f.end(g, s.commit("main", "ann", map[string]string{"intent/a.yaml": "a: 5\n"}))
		}, "gate/not-landed"},
		"more than the request": {func(s *scene, f fake) {
			f.end(s.head, s.commit("main", "ann", map[string]string{"intent/a.yaml": "a: 2\n", "x": "evil\n"}))
		}, "gate/not-landed"},
		"two squashes as one": {func(s *scene, f fake) {
			s.squash(s.head)
			g := s.fork("g", "ann", map[string]string{"intent/b.yaml": "b\n"})
			s.shown(g, -time.Hour)
			f.end(g, s.squash(g))
		}, "gate/digest-differs"}, // people saw the second one alone
		"another plan shown meanwhile": {func(s *scene, f fake) {
			s.plan.Changes[0].Do = []byte("evil\n")
			s.shown(s.head, -10*time.Minute)
			f.end(s.head, s.merge(s.head))
		}, "gate/digest-differs"},
		"its author": {func(s *scene, f fake) { f.end(s.head, s.merge(s.head)).Author = 2 }, "gate/self-approval"},
		"shown by nobody's key": {func(s *scene, f fake) {
			s.reseal(func(b []byte) []byte { return resigned(s, b, "ann") })
			f.end(s.head, s.merge(s.head))
		}, "gate/digest-differs"},
		"its key was taken out since": {func(s *scene, f fake) {
			h := s.commit("f", "ann", map[string]string{SignersFile: s.signers[:strings.Index(s.signers, "planner@")]})
			s.shown(h, -time.Hour)
			f.end(h, s.merge(h))
		}, "gate/digest-differs"},
		"retargeted": {func(s *scene, f fake) {
			// The plan was shown as a change of a branch that already held the evil one.
			tip, err := s.r.Branch("main")
			if err != nil {
				s.Fatal(err)
			}
			evil := s.fork("stage", "ann", map[string]string{"intent/a.yaml": "a: evil\n"})
			if err := s.r.Point("main", evil); err != nil {
				s.Fatal(err)
			}
			h := s.commit("stage", "ann", map[string]string{"intent/b.yaml": "b\n"})
			s.shown(h, -time.Hour)
			if err := s.r.Point("main", tip); err != nil {
				s.Fatal(err)
			}
			f.end(h, s.squash(h))
		}, "gate/digest-differs"},
		"weak where policy does not care": {func(s *scene, f fake) { f.end(s.head, s.merge(s.head)) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s, f := reviewScene(t)
			c.play(s, f)
			digest, err := StorePlan(s.r, s.plan)
			if err != nil {
				t.Fatal(err)
			}
			pass, _, ds, err := Admit(t.Context(), s.r, "main", digest, noon, f)
			if err != nil {
				t.Fatal(err)
			}
			if ds.Failed() != (c.want != "") || c.want != "" && !said(ds, c.want) {
				t.Fatalf("want %q: %v", c.want, ds)
			}
			if c.want == "" && !slices.Equal(pass.By(), []string{"bob@example.net"}) {
				t.Error(pass.By())
			}
		})
	}
}

// reseal changes what is kept of the plans that were shown.
func (s *scene) reseal(change func([]byte) []byte) {
	s.Helper()
	b, err := s.r.Get("envelopes/" + s.head)
	if err == nil {
		err = s.r.Put("envelopes/"+s.head, change(b))
	}
	if err != nil {
		s.Fatal(err)
	}
}

func resigned(s *scene, b []byte, who string) []byte {
	text, _ := split(b)
	sig, err := s.keys[who].Sign(PlanSpace, text)
	if err != nil {
		s.Fatal(err)
	}
	return append(slices.Clone(text), sig...)
}

// TestWebEditor holds the law: whom a forge names as committer of what was written in its pages
// is nobody on that forge, and an unknown hand on any other; the author counts.
func TestWebEditor(t *testing.T) {
	for kind, unknown := range map[gate.ForgeKind]bool{"github": false, "gitea": true, "": true} {
		c := collector{r: newScene(t).r, policy: gate.Policy{People: []gate.Person{{Name: "ann", Signer: "ann@example.net"}}}}
		if kind != "" {
			c.policy.Forge = &gate.Forge{Kind: kind}
		}
		var l gate.Landing
		c.hand(&l, repo.Info{Author: repo.Person{Name: "Ann", Email: "ann@example.net"}, Committer: repo.Person{Name: "GitHub", Email: "noreply@github.com"}})
		if len(l.Unknown) > 0 != unknown || !slices.Contains(l.Hands, "ann@example.net") {
			t.Errorf("%q: hands %v, unknown %v", kind, l.Hands, l.Unknown)
		}
		l = gate.Landing{}
		hidden := repo.Person{Name: "GitHub", Email: "noreply@github.com"}
		if c.hand(&l, repo.Info{Author: hidden, Committer: hidden}); len(l.Unknown) == 0 {
			t.Errorf("%q: an author hides behind the forge", kind)
		}
	}
}

// TestNoAnswer holds the law: what cannot be read is an error, never a pass.
func TestNoAnswer(t *testing.T) {
	admit := func(s *scene, src Source) error {
		d, err := StorePlan(s.r, s.plan)
		if err != nil {
			t.Fatal(err)
		}
		pass, _, ds, err := Admit(t.Context(), s.r, "main", d, noon, src)
		if err == nil && !ds.Failed() || len(pass.Plan().Changes) > 0 {
			t.Error("it passes")
		}
		if err == nil && !said(ds, "gate/no-evidence") {
			t.Error(ds)
		}
		return err
	}
	s, f := reviewScene(t)
	f.end(s.head, s.merge(s.head))
	if err := admit(s, nil); err != nil {
		t.Error("no forge is a refusal by name:", err)
	}
	f.err = errors.New("the forge does not answer")
	if err := admit(s, f); err == nil {
		t.Error("a fault of the forge is no error")
	}
	f.err = nil
	for name, spoil := range map[string]func([]byte) []byte{
		"an entry taken out": func(b []byte) []byte { _, rest := firstSigned(b); return rest },
		"an entry turned":    func(b []byte) []byte { one, rest := firstSigned(b); return slices.Concat(rest, one) },
		"an entry twice":     func(b []byte) []byte { return slices.Concat(b, b) },
		"cut":                func(b []byte) []byte { return b[:len(b)-40] },
		"more behind it":     func(b []byte) []byte { return append(b, "x\n"...) },
		"another byte":       func(b []byte) []byte { c := slices.Clone(b); c[60] ^= 1; return c },
	} {
		s, f := reviewScene(t)
		s.shown(s.head, -30*time.Minute)
		f.end(s.head, s.merge(s.head))
		s.reseal(spoil)
		if err := admit(s, f); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	s, f = reviewScene(t)
	f.end(strings.Repeat("ab", 20), s.merge(s.head))
	if err := admit(s, f); err == nil || !strings.Contains(err.Error(), "+refs/pull/*/head") {
		t.Error("a head that is not here is fetched how?", err)
	}
}

// TestForgeIsDown holds the law: where policy takes signed statements beside reviews, they are
// enough without the forge, and nothing less is; where it does not, nothing is.
func TestForgeIsDown(t *testing.T) {
	for signs, want := range map[bool]string{true: "", false: "gate/no-approval"} {
		s, _ := reviewScene(t)
		s.commit("main", "ann", map[string]string{"policy.yaml": strings.Replace(forgeText, "repository: 7}", "repository: 7, signed: true}", 1)})
		for _, who := range []string{"ann", "eve"} {
			if _, err := SayBaseline(s.r, s.keys[who], "", "main", noon, noon.Add(time.Hour)); err != nil {
				t.Fatal(err)
			}
		}
		h := s.fork("g", "ann", map[string]string{"intent/b.yaml": "b\n"})
		if signs {
			s.say("bob", h, Approve)
		}
		s.merge(h)
		if _, ds := s.judge(noon); ds.Failed() != (want != "") || want != "" && !said(ds, want) || !said(ds, "gate/ignored-statement") {
			t.Errorf("want %q: %v", want, ds)
		}
	}
}

// TestBothKinds holds the law: where policy takes both kinds, a landing that was signed and one
// that was reviewed stand side by side, each judged by its own.
func TestBothKinds(t *testing.T) {
	s, f := reviewScene(t)
	s.commit("main", "ann", map[string]string{"policy.yaml": strings.Replace(forgeText, "repository: 7}", "repository: 7, signed: true}", 1)})
	for _, who := range []string{"ann", "eve"} {
		if _, err := SayBaseline(s.r, s.keys[who], "", "main", noon, noon.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	g := s.fork("g", "ann", map[string]string{"intent/b.yaml": "b\n"})
	s.say2("bob", g)
	s.squash(g) // while the forge was down
	h := s.fork("h", "ann", map[string]string{"intent/c.yaml": "c\n"})
	s.shown(h, -time.Hour)
	f.end(h, s.squash(h))
	d, err := StorePlan(s.r, s.plan)
	if err != nil {
		t.Fatal(err)
	}
	if _, e, ds, err := Admit(t.Context(), s.r, "main", d, noon, f); err != nil || ds.Failed() || len(e.Landings) != 2 || e.Landings[0].Request != nil {
		t.Error(ds, err)
	}
}

// TestAttest holds the law: a third party judges a forge's answers again from what push kept,
// and not one byte of it can be another.
func TestAttest(t *testing.T) {
	s, f := reviewScene(t)
	tip := s.merge(s.head)
	f.end(s.head, tip)
	f.weak = []gate.Weakness{{Guard: gate.AdminsToo, Text: "administrators are exempt"}}
	d, err := StorePlan(s.r, s.plan)
	if err != nil {
		t.Fatal(err)
	}
	_, e, ds, err := Admit(t.Context(), s.r, "main", d, noon, f)
	if err != nil || ds.Failed() {
		t.Fatal(ds, err)
	}
	if err := Attest(s.r, s.keys["ledger"], repoID, d, e); err != nil {
		t.Fatal(err)
	}
	entry, err := Record(s.r, "main", s.keys["ledger"], repo.Entry{Commit: tip, Plan: d})
	if err != nil {
		t.Fatal(err)
	}
	again := func() error {
		past, pol, err := Past(s.r, []repo.Entry{entry}, entry, nil)
		if err != nil {
			return err
		}
		_, ds := gate.Judge(past, pol, s.plan)
		return ds.Err()
	}
	if err := again(); err != nil {
		t.Fatal(err)
	}
	kept, err := s.r.Get("evidence/" + tip)
	if err != nil {
		t.Fatal(err)
	}
	for at := 0; at < len(kept); at += 7 {
		b := slices.Clone(kept)
		b[at] ^= 1
		if err := s.r.Put("evidence/"+tip, b); err != nil {
			t.Fatal(err)
		}
		if again() == nil {
			t.Errorf("byte %d can be another", at)
		}
	}
	text, _ := split(kept)
	for who := range maps.Keys(s.keys) {
		sig, err := s.keys[who].Sign(EvidenceSpace, text)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.r.Put("evidence/"+tip, slices.Concat(text, sig)); err != nil {
			t.Fatal(err)
		}
		if ok := again() == nil; ok != (who == "ledger") {
			t.Errorf("kept by %s counts: %v", who, ok)
		}
	}
	moved := s.merge(s.fork("g", "ann", map[string]string{"intent/b.yaml": "b\n"}))
	if err := s.r.Put("evidence/"+moved, kept); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Past(s.r, []repo.Entry{entry}, repo.Entry{Seq: 2, Commit: moved, Plan: d}, nil); err == nil {
		t.Error("what was answered of one deployment counts for another")
	}
}
