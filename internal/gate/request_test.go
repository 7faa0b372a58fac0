package gate

import (
	"slices"
	"strings"
	"testing"
	"time"

	"plumbline/internal/diag"
	"plumbline/internal/plan"
)

const head, tip = "c2", "c9"

// reviewed is good evidence of a forge alone; every case spoils one thing.
func reviewed() (Evidence, Policy, plan.Plan) {
	e, pol, p := good()
	pol.Forge = &Forge{Kind: "gitea", Repository: 7, Demand: []Guard{NoForcePush}}
	for i := range pol.People {
		pol.People[i].Gitea = int64(i + 1) // ann 1, bob 2, eve 3
	}
	l := &e.Landings[0]
	l.Said = nil
	l.Shown = []Shown{{p.Digest(), noon.Add(-time.Hour)}}
	l.Request = &Request{
		Forge: "gitea", Number: 4, Repository: 7, Branch: "main", Head: head, Merged: true, Landed: tip, Author: 1, Pushers: []int64{1},
		Reviews: []Review{said(2, Approves, -10)},
	}
	return e, pol, p
}

func said(account int64, says Says, minutes int) Review {
	at := noon.Add(time.Duration(minutes) * time.Minute)
	return Review{ID: int64(1000 + minutes), By: Account{ID: account, Login: "x", Write: true}, Says: says, Commit: head, At: at}
}

// TestReviews holds what makes a review on a forge an approval, one fault at a time.
func TestReviews(t *testing.T) {
	type world struct {
		e   *Evidence
		l   *Landing
		q   *Request
		r   *Review // bob's approval
		pol *Policy
		p   *plan.Plan
	}
	for name, c := range map[string]struct {
		spoil func(w world)
		want  string
	}{
		"as it should be": {func(world) {}, ""},
		"the same digest again": {func(w world) {
			w.l.Shown = append(w.l.Shown, Shown{w.p.Digest(), noon.Add(-10*time.Minute - time.Second)})
		}, ""},
		"another plan afterwards": {func(w world) { w.l.Shown = append(w.l.Shown, Shown{"b", noon.Add(-9 * time.Minute)}) }, ""},
		"shown again after another": {func(w world) {
			w.l.Shown = append(w.l.Shown, Shown{"b", noon.Add(-50 * time.Minute)}, Shown{w.p.Digest(), noon.Add(-40 * time.Minute)})
		}, ""},
		"replaced as it was given": {func(w world) {
			w.l.Shown = append([]Shown{{"a", noon.Add(-2 * time.Hour)}}, Shown{w.p.Digest(), noon.Add(-10*time.Minute - time.Second)})
		}, "gate/digest-differs"},
		"replaced before":                {func(w world) { w.l.Shown = append(w.l.Shown, Shown{"b", noon.Add(-20 * time.Minute)}) }, "gate/digest-differs"},
		"given before it was shown":      {func(w world) { w.l.Shown[0].At = noon.Add(-5 * time.Minute) }, "gate/digest-differs"},
		"no plan was shown":              {func(w world) { w.l.Shown = nil }, "gate/digest-differs"},
		"a plan of no seal":              {func(w world) { w.l.Shown = append(w.l.Shown, Shown{"", noon.Add(-11 * time.Minute)}) }, "gate/digest-differs"},
		"of an older head":               {func(w world) { w.r.Commit = "c1" }, "gate/stale-approval"},
		"called stale":                   {func(w world) { w.r.Void = "stale" }, "gate/not-eligible"},
		"dismissed":                      {func(w world) { w.r.Dismissed = true }, "gate/not-eligible"},
		"by a bot":                       {func(w world) { w.r.By.Bot = true }, "gate/not-eligible"},
		"by a reader":                    {func(w world) { w.r.By.Write = false }, "gate/not-eligible"},
		"by a stranger":                  {func(w world) { w.r.By.ID = 99 }, "gate/no-approval"},
		"by nobody's number":             {func(w world) { w.pol.People[1].Gitea, w.r.By.ID = 0, 0 }, "gate/no-approval"},
		"of another forge's number":      {func(w world) { w.pol.People[1].Gitea, w.pol.People[1].GitHub = 0, 2 }, "gate/no-approval"},
		"by its author on the forge":     {func(w world) { w.l.Hands, w.q.Author = nil, 2 }, "gate/self-approval"},
		"by who pushed last":             {func(w world) { w.q.Pushers = append(w.q.Pushers, 2) }, "gate/self-approval"},
		"by a hand in its commits":       {func(w world) { w.l.Hands = append(w.l.Hands, "bob@x") }, "gate/self-approval"},
		"names no plan, and policy asks": {func(w world) { w.pol.Approvals[0].Named = true }, "gate/digest-not-named"},
		"names another plan": {func(w world) {
			w.pol.Approvals[0].Named, w.r.Names = true, DigestsIn("fine: "+strings.Repeat("b", 12))
		}, "gate/digest-not-named"},
		"names too little of it": {func(w world) {
			w.pol.Approvals[0].Named, w.r.Names = true, DigestsIn("fine: "+w.p.Digest()[:11])
		}, "gate/digest-not-named"},
		"names it within another word": {func(w world) {
			w.pol.Approvals[0].Named, w.r.Names = true, DigestsIn("x"+w.p.Digest()[:12]+" or "+w.p.Digest()+"0")
		}, "gate/digest-not-named"},
		"names it": {func(w world) {
			w.pol.Approvals[0].Named, w.r.Names = true, DigestsIn("I looked at `"+w.p.Digest()[:12]+"`, and it is good.")
		}, ""},
		"names the whole of it": {func(w world) { w.pol.Approvals[0].Named, w.r.Names = true, DigestsIn(w.p.Digest()) }, ""},
		"a signed statement names it": {func(w world) {
			w.pol.Approvals[0].Named, w.pol.Forge.Signed = true, true
			w.l.Said = []Verdict{{Who: "bob@x", Yes: true, Repo: w.pol.Repo, Head: head, Plan: w.p.Digest(), Until: noon.Add(time.Hour)}}
		}, ""},
		"pushed by nobody knows whom": {func(w world) { w.q.Unpushed = true }, "gate/not-eligible"},
		"shown three days ago":        {func(w world) { w.r.At, w.l.Shown[0].At = noon.Add(-72*time.Hour), noon.Add(-73*time.Hour) }, "gate/old-plan"},
		"shown within three days": {func(w world) {
			w.r.At, w.l.Shown[0].At = noon.Add(-71*time.Hour), noon.Add(-71*time.Hour-11*time.Minute)
		}, ""},
		"shown again since": {func(w world) {
			w.r.At, w.l.Shown[0].At = noon.Add(-72*time.Hour), noon.Add(-73*time.Hour)
			w.l.Shown = append(w.l.Shown, Shown{w.p.Digest(), noon.Add(-time.Hour)})
		}, ""},
		"policy gives it longer": {func(w world) {
			w.r.At, w.l.Shown[0].At, w.pol.PlanLasts = noon.Add(-72*time.Hour), noon.Add(-73*time.Hour), Duration(100*time.Hour)
		}, ""},
		"too long ago":              {func(w world) { w.r.At, w.l.Shown[0].At = noon.Add(-Longest), noon.Add(-2*Longest) }, "gate/expired"},
		"clock an hour ahead":       {func(w world) { w.r.At = noon.Add(time.Hour) }, "gate/expired"},
		"clock a minute ahead":      {func(w world) { w.r.At = noon.Add(time.Minute) }, ""},
		"then calls for changes":    {func(w world) { w.q.Reviews = append(w.q.Reviews, said(2, Rejects, -5)) }, "gate/rejected"},
		"called for changes before": {func(w world) { w.q.Reviews = append(w.q.Reviews, said(2, Rejects, -15)) }, ""},
		"another calls for changes": {func(w world) { w.q.Reviews = append(w.q.Reviews, said(3, Rejects, -30)) }, "gate/rejected"},
		"of an older head, stands": {func(w world) {
			r := said(3, Rejects, -30)
			r.Commit = "c1"
			w.q.Reviews = append(w.q.Reviews, r)
		}, "gate/rejected"},
		"dismissed by its author":    {func(w world) { w.q.Reviews = append(w.q.Reviews, dismissed(1)) }, "gate/rejected"},
		"dismissed by nobody":        {func(w world) { w.q.Reviews = append(w.q.Reviews, dismissed(0)) }, "gate/rejected"},
		"dismissed by a stranger":    {func(w world) { w.q.Reviews = append(w.q.Reviews, dismissed(99)) }, "gate/rejected"},
		"dismissed by another":       {func(w world) { w.q.Reviews = append(w.q.Reviews, dismissed(2)) }, ""},
		"stranger calls for changes": {func(w world) { w.q.Reviews = append(w.q.Reviews, said(99, Rejects, -5)) }, ""},
		"another repository":         {func(w world) { w.q.Repository = 8 }, "gate/other-request"},
		"another branch":             {func(w world) { w.q.Branch = "stage" }, "gate/other-request"},
		"another kind of forge":      {func(w world) { w.q.Forge = "gitlab" }, "gate/other-request"},
		"not merged":                 {func(w world) { w.q.Merged = false }, "gate/other-request"},
		"ended elsewhere":            {func(w world) { w.q.Landed = "c8" }, "gate/other-request"},
		"head moved":                 {func(w world) { w.q.Head = "c3" }, "gate/other-request"},
		"no request":                 {func(w world) { w.l.Request = nil }, "gate/other-request"},
		"not proved":                 {func(w world) { w.l.Proved = false }, "gate/not-landed"},
		"signed, not counted":        {func(w world) { w.q.Reviews = nil; w.l.Said = signedBy(w.p) }, "gate/no-approval"},
		"signed, counted":            {func(w world) { w.q.Reviews, w.pol.Forge.Signed = nil, true; w.l.Said = signedBy(w.p) }, ""},
		"signed, no request":         {func(w world) { w.l.Request, w.pol.Forge.Signed = nil, true; w.l.Said = signedBy(w.p) }, ""},
		"signed against":             {func(w world) { w.l.Said = signedBy(w.p); w.l.Said[0].Yes = false }, "gate/rejected"},
		"policy names no forge":      {func(w world) { w.pol.Forge = nil }, "gate/no-approval"},
		"demanded and missing":       {func(w world) { w.e.Weak = []Weakness{{NoForcePush, "forced"}} }, "gate/unprotected"},
		"missing, not demanded":      {func(w world) { w.e.Weak = []Weakness{{AdminsToo, "exempt"}} }, ""},
		"nothing was answered":       {func(w world) { w.e.Missing = []string{"no forge"} }, "gate/no-evidence"},
	} {
		t.Run(name, func(t *testing.T) {
			e, pol, p := reviewed()
			l := &e.Landings[0]
			c.spoil(world{&e, l, l.Request, &l.Request.Reviews[0], &pol, &p})
			pass, ds := Judge(e, pol, p)
			if ok := !ds.Failed(); ok != (c.want == "") || ok != (len(pass.Plan().Changes) > 0) {
				t.Fatalf("pass %v: %v", pass, ds)
			}
			if c.want != "" && !slices.ContainsFunc(ds, func(d diag.Diag) bool { return d.Rule == c.want && d.Hint != "" && d.Text != "" }) {
				t.Errorf("want %s, have %v", c.want, ds)
			}
			if c.want == "" && strings.Join(pass.By(), " ") != "bob@x" {
				t.Errorf("by %v", pass.By())
			}
		})
	}
}

func dismissed(by int64) Review {
	r := said(3, Rejects, -30)
	r.Dismissed, r.Dismisser = true, by
	return r
}

func signedBy(p *plan.Plan) []Verdict {
	return []Verdict{{Who: "bob@x", Yes: true, Repo: repoID, Head: head, Plan: p.Digest(), Until: noon.Add(time.Hour)}}
}

// TestReviewOrder holds the law: in which order a forge lists reviews changes no verdict.
func TestReviewOrder(t *testing.T) {
	all := []Review{said(2, Approves, -30), said(2, Rejects, -20), said(2, Approves, -10), said(3, Rejects, -40), said(3, Approves, -15)}
	for range 120 {
		e, pol, p := reviewed()
		e.Landings[0].Request.Reviews = slices.Clone(all)
		if _, ds := Judge(e, pol, p); ds.Failed() {
			t.Fatal(all, ds)
		}
		permute(all)
	}
}

// permute gives the next order of all.
func permute(rs []Review) {
	i := len(rs) - 2
	for i >= 0 && rs[i].ID >= rs[i+1].ID {
		i--
	}
	if i < 0 {
		slices.Reverse(rs)
		return
	}
	j := len(rs) - 1
	for rs[j].ID <= rs[i].ID {
		j--
	}
	rs[i], rs[j] = rs[j], rs[i]
	slices.Reverse(rs[i+1:])
}

// TestWeakIsTold holds that what is weak and not demanded is said.
func TestWeakIsTold(t *testing.T) {
	e, pol, p := reviewed()
	e.Weak = []Weakness{{AdminsToo, "administrators are exempt"}}
	if _, ds := Judge(e, pol, p); !slices.ContainsFunc(ds, func(d diag.Diag) bool { return d.Rule == "gate/weak-protection" }) {
		t.Error(ds)
	}
}
