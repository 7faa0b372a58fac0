package signed

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"plumbline/drivers"
	"plumbline/internal/diag"
	"plumbline/internal/gate"
	"plumbline/internal/lab"
	"plumbline/internal/plan"
	"plumbline/internal/repo"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

const repoID = "6f1c0f0e-6d0b-4b8e-9a55-0c2f2a7f5a11"

const policyText = `repo: ` + repoID + `
branch: main
people:
- {name: ann, signer: ann@example.net}
- {name: bob, signer: bob@example.net, emails: [bob@home.example]}
- {name: eve, signer: eve@example.net}
groups:
- {name: ops, people: [ann, bob]}
- {name: boss, people: [eve]}
approvals:
- {class: any, min: 1, from: [ops]}
- {class: policy, min: 1, from: [boss]}
soak: 60s
timer_margin: 60s
`

// scene is a network in Git with a signed baseline, and one change on branch f by Ann.
type scene struct {
	*testing.T
	r       *repo.Repo
	keys    map[string]Key
	signers string
	plan    plan.Plan
	head    string
}

func newScene(t *testing.T) *scene {
	t.Helper()
	r, err := repo.Init(t.TempDir(), "main")
	if err != nil {
		t.Fatal(err)
	}
	s := &scene{T: t, r: r, keys: map[string]Key{}}
	for _, who := range []string{"ann", "bob", "eve", "mal", "ledger"} {
		k, _, err := NewKey(who)
		if err != nil {
			t.Fatal(err)
		}
		s.keys[who] = k
		if options := map[string]string{"ledger": ` namespaces="ledger@plumbline"`, "mal": "-"}[who]; options != "-" {
			s.signers += who + "@example.net" + options + " " + k.Authorized() + "\n"
		}
	}
	s.commit("main", "ann", map[string]string{"policy.yaml": policyText, SignersFile: s.signers, "intent/a.yaml": "a: 1\n"})
	for _, who := range []string{"ann", "eve"} {
		if _, err := SayBaseline(r, s.keys[who], "", "main", noon, noon.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	s.head = s.fork("f", "ann", map[string]string{"intent/a.yaml": "a: 2\n"})
	s.plan = plan.Plan{Header: plan.Header{Repo: repoID, Inputs: strings.Repeat("0", 64)}, Changes: []plan.Change{
		{Device: "r1", Have: "x", HaveFull: "x", Want: "y", Edit: drivers.Edit{Do: []byte("a\n"), Undo: []byte("b\n")}},
	}}
	if _, err := StorePlan(r, s.plan); err != nil {
		t.Fatal(err)
	}
	return s
}

func author(who string) repo.Author {
	return repo.Author{Person: repo.Person{Name: who, Email: who + "@example.net"}, When: noon}
}

func (s *scene) commit(branch, who string, files map[string]string) string {
	s.Helper()
	f := map[string][]byte{}
	for n, text := range files {
		f[n] = []byte(text)
	}
	c, err := s.r.Commit(branch, author(who), "change", f)
	if err != nil {
		s.Fatal(err)
	}
	return c
}

func (s *scene) fork(branch, who string, files map[string]string) string {
	s.Helper()
	tip, err := s.r.Branch("main")
	if err == nil {
		err = s.r.Point(branch, tip)
	}
	if err != nil {
		s.Fatal(err)
	}
	return s.commit(branch, who, files)
}

func (s *scene) say(who, head, verdict string) {
	s.Helper()
	_, err := Say(s.r, Request{Key: s.keys[who], Branch: "main", Plan: s.plan.Digest(), Head: head, Verdict: verdict, NotAfter: noon.Add(time.Hour), Now: noon})
	if err != nil {
		s.Fatal(err)
	}
}

func (s *scene) merge(head string) string {
	s.Helper()
	c, err := s.r.Merge("main", author("ann"), "merge", head)
	if err != nil {
		s.Fatal(err)
	}
	return c
}

func (s *scene) squash(head string) string {
	s.Helper()
	c, err := s.r.Squash("main", author("ann"), "squash", head)
	if err != nil {
		s.Fatal(err)
	}
	return c
}

func (s *scene) judge(now time.Time) (gate.Pass, diag.List) {
	s.Helper()
	digest, err := StorePlan(s.r, s.plan)
	if err != nil {
		s.Fatal(err)
	}
	pass, _, ds, err := Admit(s.Context(), s.r, "main", digest, now, nil)
	if err != nil {
		s.Fatal(err)
	}
	return pass, ds
}

// TestGate walks from objects in Git to a verdict: what people may do, and what they try.
func TestGate(t *testing.T) {
	for name, c := range map[string]struct {
		play func(s *scene)
		want string
	}{
		"approved and merged":   {func(s *scene) { s.say("bob", s.head, Approve); s.merge(s.head) }, ""},
		"approved and squashed": {func(s *scene) { s.say("bob", s.head, Approve); s.squash(s.head) }, ""},
		"approved after merge":  {func(s *scene) { s.merge(s.head); s.say("bob", s.head, Approve) }, ""},
		"base moved elsewhere": {func(s *scene) {
			s.say("bob", s.head, Approve)
			g := s.fork("g", "ann", map[string]string{"intent/b.yaml": "b: 1\n"})
			s.say2("bob", g)
			s.merge(g)
			s.squash(s.head)
		}, ""},
		"signed elsewhere": {func(s *scene) {
			d, err := Draft(s.r, Request{Principal: "bob@example.net", Branch: "main", Plan: s.plan.Digest(), Head: s.head, Verdict: Approve, NotAfter: noon.Add(time.Hour), Now: noon})
			if err == nil {
				var sig []byte
				if sig, err = s.keys["bob"].Sign(ApprovalSpace, d.Bytes()); err == nil {
					err = Submit(s.r, d.Bytes(), sig)
				}
			}
			if err != nil {
				s.Fatal(err)
			}
			s.merge(s.head)
		}, ""},
		"an empty commit after it": {func(s *scene) {
			s.say("bob", s.head, Approve)
			s.merge(s.head)
			s.commit("main", "ann", nil)
		}, "gate/not-landed"},
		"retargeted": {func(s *scene) {
			// Reviewed against a branch that already held the evil change.
			evil := s.fork("stage", "ann", map[string]string{"intent/a.yaml": "a: evil\n"})
			h := s.fork("g", "ann", map[string]string{"intent/a.yaml": "a: evil\n", "intent/b.yaml": "b\n"})
			st := Statement{Repo: repoID, Base: evil, Head: h, Inputs: s.plan.Header.Inputs, Plan: s.plan.Digest(), Verdict: Approve, Principal: "bob@example.net", NotAfter: noon.Add(time.Hour)}
			sig, err := s.keys["bob"].Sign(ApprovalSpace, st.Bytes())
			if err == nil {
				err = Submit(s.r, st.Bytes(), sig)
			}
			if err != nil {
				s.Fatal(err)
			}
			s.squash(h)
		}, "gate/no-approval"},
		"a commit signature replayed": {func(s *scene) {
			d, err := Draft(s.r, Request{Principal: "bob@example.net", Branch: "main", Plan: s.plan.Digest(), Head: s.head, Verdict: Approve, NotAfter: noon.Add(time.Hour), Now: noon})
			if err != nil {
				s.Fatal(err)
			}
			sig, err := s.keys["bob"].Sign("git", d.Bytes())
			if err != nil || Submit(s.r, d.Bytes(), sig) == nil {
				s.Fatal("Submit takes it", err)
			}
			name := "approvals/" + d.Plan + "/" + fingerprint(s.keys["bob"].signer.PublicKey())
			if err := s.r.Put(name, append(d.Bytes(), sig...)); err != nil {
				s.Fatal(err)
			}
			s.merge(s.head)
		}, "gate/no-approval"},
		"no approval":         {func(s *scene) { s.merge(s.head) }, "gate/no-approval"},
		"no approval, squash": {func(s *scene) { s.squash(s.head) }, "gate/no-approval"},
		"nothing is left":     {func(*scene) {}, "gate/not-landed"},
		"older head": {func(s *scene) {
			s.say("bob", s.head, Approve)
			s.merge(s.commit("f", "ann", map[string]string{"intent/a.yaml": "a: evil\n"}))
		}, "gate/stale-approval"},
		"older head, squash": {func(s *scene) {
			s.say("bob", s.head, Approve)
			s.squash(s.commit("f", "ann", map[string]string{"intent/a.yaml": "a: evil\n"}))
		}, "gate/stale-approval"},
		"another plan": {func(s *scene) {
			s.say("bob", s.head, Approve)
			s.merge(s.head)
			s.plan.Changes[0].Do = []byte("evil\n")
		}, "gate/digest-differs"},
		"its author": {func(s *scene) { s.say("ann", s.head, Approve); s.merge(s.head) }, "gate/self-approval"},
		"its co-author": {func(s *scene) {
			c, err := s.r.Commit("f", author("ann"), "x\n\nCo-authored-by: Bob <BOB@home.example>\n", map[string][]byte{"intent/c.yaml": []byte("c\n")})
			if err != nil {
				s.Fatal(err)
			}
			s.say("bob", c, Approve)
			s.merge(c)
		}, "gate/self-approval"},
		"a hand nobody knows": {func(s *scene) {
			h := s.commit("f", "mallory", map[string]string{"intent/a.yaml": "a: 3\n"})
			s.say("bob", h, Approve)
			s.merge(h)
		}, "gate/unknown-author"},
		"direct push": {func(s *scene) {
			s.say("bob", s.head, Approve)
			s.merge(s.head)
			s.commit("main", "ann", map[string]string{"intent/a.yaml": "a: evil\n"})
		}, "gate/not-landed"},
		"policy in the same": {func(s *scene) {
			h := s.commit("f", "ann", map[string]string{"policy.yaml": strings.Replace(policyText, "min: 1, from: [boss]", "min: 1, from: [ops]", 1)})
			s.say("bob", h, Approve)
			s.merge(h)
		}, "gate/policy-changed"},
		"adds a key of its own": {func(s *scene) {
			h := s.commit("f", "ann", map[string]string{SignersFile: s.signers + "bob@example.net " + s.keys["mal"].Authorized() + "\n"})
			s.merge(h)
			if _, err := Say(s.r, Request{Key: s.keys["mal"], Principal: "bob@example.net", Branch: "main", Plan: s.plan.Digest(), Head: h, Verdict: Approve, NotAfter: noon.Add(time.Hour), Now: noon}); err != nil {
				s.Fatal(err)
			}
		}, "gate/no-approval"},
		"key taken out since": {func(s *scene) {
			s.say("bob", s.head, Approve)
			var kept []string
			for line := range strings.Lines(s.signers) {
				if !strings.HasPrefix(line, "bob") {
					kept = append(kept, line)
				}
			}
			h := s.commit("f", "ann", map[string]string{SignersFile: strings.Join(kept, "")})
			s.merge(h)
		}, "gate/no-approval"},
		"rejected":   {func(s *scene) { s.say("bob", s.head, Approve); s.say("eve", s.head, Reject); s.merge(s.head) }, "gate/rejected"},
		"taken back": {func(s *scene) { s.say("bob", s.head, Reject); s.say("bob", s.head, Approve); s.merge(s.head) }, ""},
		"the same plan under two heads": {func(s *scene) {
			s.say("bob", s.head, Approve)
			s.say("bob", s.fork("again", "ann", map[string]string{"intent/a.yaml": "a: 2\n", "intent/b.yaml": "b\n"}), Approve)
			s.merge(s.head)
		}, ""},
		"rejected under one of two heads": {func(s *scene) {
			s.say("bob", s.head, Approve)
			s.say("eve", s.head, Reject)
			s.say("eve", s.fork("again", "ann", map[string]string{"intent/a.yaml": "a: 2\n", "intent/b.yaml": "b\n"}), Approve)
			s.merge(s.head)
		}, "gate/rejected"},
		"kept as it once was": {func(s *scene) { s.old("bob", Approve, noon.Add(time.Hour)); s.merge(s.head) }, ""},
		"once rejected, and approved now": {func(s *scene) {
			s.old("bob", Reject, noon.Add(time.Hour))
			s.say("bob", s.head, Approve)
			s.merge(s.head)
		}, ""},
		"once approved, and rejected now": {func(s *scene) {
			s.old("bob", Approve, noon.Add(time.Hour))
			s.say("bob", s.head, Reject)
			s.merge(s.head)
		}, "gate/rejected"},
		"rewritten": {func(s *scene) {
			s.merge(s.head)
			c, err := s.r.Commit("other", author("ann"), "new start", map[string][]byte{"policy.yaml": []byte(policyText), SignersFile: []byte(s.signers)})
			if err == nil {
				_, err = Record(s.r, "main", s.keys["ledger"], repo.Entry{Commit: s.head, Devices: nil})
			}
			if err == nil {
				err = s.r.Point("main", c)
			}
			if err != nil {
				s.Fatal(err)
			}
		}, "gate/rewritten-history"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			c.play(s)
			pass, ds := s.judge(noon)
			if ds.Failed() != (c.want != "") {
				t.Fatalf("want %q: %v", c.want, ds)
			}
			if c.want == "" && !slices.Equal(pass.By(), []string{"bob@example.net"}) {
				t.Error(pass.By())
			}
			if c.want != "" && !said(ds, c.want) {
				t.Errorf("want %s, have %v", c.want, ds)
			}
		})
	}
}

// old keeps what somebody says of the head under the name that versions before gave it, by plan and
// key alone.
func (s *scene) old(who, verdict string, until time.Time) {
	s.Helper()
	d, err := Draft(s.r, Request{Principal: who + "@example.net", Branch: "main", Plan: s.plan.Digest(), Head: s.head, Verdict: verdict, NotAfter: until, Now: noon})
	if err == nil {
		err = keep(s.r, "approvals/"+d.Plan, ApprovalSpace, s.keys[who], d.Bytes())
	}
	if err != nil {
		s.Fatal(err)
	}
}

// say2 approves another head, of a plan of its own.
func (s *scene) say2(who, head string) {
	s.Helper()
	p := s.plan
	p.Header.Previous = "another"
	d, err := StorePlan(s.r, p)
	if err == nil {
		_, err = Say(s.r, Request{Key: s.keys[who], Branch: "main", Plan: d, Head: head, Verdict: Approve, NotAfter: noon.Add(time.Hour), Now: noon})
	}
	if err != nil {
		s.Fatal(err)
	}
}

func said(ds diag.List, id string) bool {
	return slices.ContainsFunc(ds, func(d diag.Diag) bool { return d.Rule == id })
}

func TestExpired(t *testing.T) {
	s := newScene(t)
	s.say("bob", s.head, Approve)
	done := s.merge(s.head)
	if _, err := Record(s.r, "main", s.keys["ledger"], repo.Entry{Commit: done}); err != nil {
		t.Fatal(err)
	}
	s = newScene(t)
	s.say("bob", s.head, Approve)
	s.merge(s.head)
	if _, ds := s.judge(noon.Add(59 * time.Minute)); ds.Failed() {
		t.Error(ds)
	}
	e, pol, err := Collect(t.Context(), s.r, "main", noon.Add(59*time.Minute), nil)
	if err != nil {
		t.Fatal(err)
	}
	e.Now = noon.Add(2 * time.Hour)
	if _, ds := gate.Judge(e, pol, s.plan); !said(ds, "gate/expired") {
		t.Error(ds)
	}
}

// TestBaseline holds the law: without a ledger two people say what is deployed, or one in
// a lab; a replayed or single statement does not.
func TestBaseline(t *testing.T) {
	r, err := repo.Init(t.TempDir(), "main")
	if err != nil {
		t.Fatal(err)
	}
	k, _, _ := NewKey("ann")
	second, _, _ := NewKey("ann, second key")
	signers := "ann@example.net " + k.Authorized() + "\nann@example.net " + second.Authorized() + "\n"
	put := func(policy string) {
		if _, err := r.Commit("main", author("ann"), "x", map[string][]byte{"policy.yaml": []byte(policy), SignersFile: []byte(signers)}); err != nil {
			t.Fatal(err)
		}
	}
	put(policyText)
	for _, key := range []Key{k, second} {
		if _, err := SayBaseline(r, key, "", "main", noon, noon.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	if d, err := Deployed(r, "main", noon); d != "" || err != nil {
		t.Error("one person with two keys is two people", d, err)
	}
	e, pol, err := Collect(t.Context(), r, "main", noon, nil)
	if _, ds := gate.Judge(e, pol, plan.Plan{}); err != nil || !said(ds, "gate/no-baseline") {
		t.Error(ds, err)
	}
	put(strings.Replace(policyText, "branch: main", "branch: main\nlab: true", 1))
	b, err := SayBaseline(r, k, "", "main", noon, noon.Add(time.Hour))
	if d, err2 := Deployed(r, "main", noon); err != nil || err2 != nil || d != b.Head {
		t.Error(d, err, err2)
	}
	if d, _ := Deployed(r, "main", noon.Add(2*time.Hour)); d != "" {
		t.Error("a baseline that ended counts")
	}
}

// TestLedgerMoves holds the law: what was pushed is the next base, and its approvals are
// history; a key that is not the ledger's cannot say so.
func TestLedgerMoves(t *testing.T) {
	s := newScene(t)
	s.say("bob", s.head, Approve)
	done := s.merge(s.head)
	entry := repo.Entry{Commit: done, Plan: s.plan.Digest(), Devices: []repo.Device{{Name: "r1", State: repo.New}}}
	if _, err := Record(s.r, "main", s.keys["ann"], entry); err == nil {
		t.Error("a person's key writes the ledger")
	}
	if _, err := Record(s.r, "main", s.keys["ledger"], entry); err != nil {
		t.Fatal(err)
	}
	if d, err := Deployed(s.r, "main", noon.Add(24*time.Hour)); d != done || err != nil {
		t.Error(d, err)
	}
	s.merge(s.fork("g", "ann", map[string]string{"intent/a.yaml": "a: 4\n"}))
	if _, ds := s.judge(noon); !said(ds, "gate/no-approval") || said(ds, "gate/stale-approval") {
		t.Error(ds)
	}
	if es, err := Ledger(s.r, "main"); err != nil || len(es) != 1 {
		t.Error(es, err)
	}
}

func TestTamperedPlan(t *testing.T) {
	s := newScene(t)
	d := s.plan.Digest()
	if p, err := LoadPlan(s.r, d); err != nil || p.Digest() != d {
		t.Fatal(err)
	}
	evil := s.plan
	evil.Changes = slices.Clone(evil.Changes)
	evil.Changes[0].Do = []byte("evil\n")
	if err := s.r.Put("plans/"+d, evil.Encode()); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadPlan(s.r, d); err == nil || !strings.Contains(err.Error(), "gate/digest-differs") {
		t.Error(err)
	}
}

func TestStatement(t *testing.T) {
	s := Statement{repoID, "r", "h", "aa", "bb", Approve, "alice@example.net", noon}
	want := "plumbline-approval-v1\nrepo: " + repoID + "\nbase: r\nhead: h\ninputs: sha256:aa\nplan: sha256:bb\nverdict: approve\nprincipal: alice@example.net\nnot-after: 2026-11-24T12:00:00Z\n"
	if string(s.Bytes()) != want {
		t.Errorf("%s", s.Bytes())
	}
	if back, err := ParseStatement(s.Bytes()); err != nil || back != s {
		t.Error(back, err)
	}
	for name, bad := range map[string]string{
		"line more": want + "x: y\n", "cut": want[:len(want)-1], "carriage": strings.ReplaceAll(want, "\n", "\r\n"),
		"not ASCII": strings.Replace(want, "alice", "álice", 1), "verdict": strings.Replace(want, ": approve", ": maybe", 1),
		"time": strings.Replace(want, "12:00:00Z", "13:00:00+01:00", 1), "order": strings.Replace(want, "base: r\nhead: h", "head: h\nbase: r", 1),
		"long": want + strings.Repeat("x", 2048), "digest": strings.Replace(want, "sha256:aa", "aa", 1),
	} {
		if _, err := ParseStatement([]byte(bad)); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

func TestSigners(t *testing.T) {
	k, _, err := NewKey("x")
	if err != nil {
		t.Fatal(err)
	}
	ss, err := ParseSigners([]byte("# people\n\na@x,b@x namespaces=\"approval@plumbline\",valid-after=\"20260101Z\",valid-before=\"20270101\" " + k.Authorized() + "\n"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		who, space string
		at         time.Time
		want       bool
	}{
		{"a@x", ApprovalSpace, noon, true}, {"b@x", ApprovalSpace, noon, true}, {"c@x", ApprovalSpace, noon, false},
		{"a@x", LedgerSpace, noon, false}, {"a@x", ApprovalSpace, noon.AddDate(-1, 0, 0), false}, {"a@x", ApprovalSpace, noon.AddDate(1, 0, 0), false},
	} {
		if got := ss.Allows(c.who, c.space, k.signer.PublicKey(), c.at); got != c.want {
			t.Errorf("%+v", c)
		}
	}
	for _, bad := range []string{"* ", "a@x cert-authority ", "a@x namespaces=\"*\" ", "a@x touch-me ", "a@x valid-after=\"soon\" "} {
		if _, err := ParseSigners([]byte(bad + k.Authorized() + "\n")); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

// TestKeygen holds the law: what ssh-keygen signs counts, and it takes what we sign.
func TestKeygen(t *testing.T) {
	lab.Need(t, "keygen")
	keygen, err := exec.LookPath("ssh-keygen")
	if err != nil {
		t.Fatal(err)
	}
	k, text, err := NewKey("x")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	put := func(name string, b []byte) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	key, msg := put("key", text), put("msg", []byte("hello\n"))
	if out, err := exec.Command(keygen, "-Y", "sign", "-n", ApprovalSpace, "-f", key, msg).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	sig, err := os.ReadFile(msg + ".sig")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := Verify(ApprovalSpace, []byte("hello\n"), sig); err != nil || fingerprint(got) != fingerprint(k.signer.PublicKey()) {
		t.Error(err)
	}
	if _, err := Verify(LedgerSpace, []byte("hello\n"), sig); err == nil {
		t.Error("a signature of one namespace counts in another")
	}
	if _, err := Verify(ApprovalSpace, []byte("hullo\n"), sig); err == nil {
		t.Error("another text")
	}
	ours, err := k.Sign(ApprovalSpace, []byte("hello\n"))
	if err != nil {
		t.Fatal(err)
	}
	allowed := put("allowed", []byte("a@x "+k.Authorized()+"\n"))
	c := exec.Command(keygen, "-Y", "verify", "-n", ApprovalSpace, "-f", allowed, "-I", "a@x", "-s", put("ours.sig", ours))
	c.Stdin = strings.NewReader("hello\n")
	if out, err := c.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func FuzzStatement(f *testing.F) {
	f.Add(Statement{repoID, "r", "h", "aa", "bb", Approve, "a@x", noon}.Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		if s, err := ParseStatement(b); err == nil && string(s.Bytes()) != string(b) {
			t.Error("two spellings")
		}
		_, _ = ParseBaseline(b)
		_, _ = ParseSigners(b)
	})
}
