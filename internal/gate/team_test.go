package gate

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"plumbline/internal/diag"
	"plumbline/internal/plan"
)

// teamed is good evidence of a forge where ops is a team of it, with bob in; every case spoils one
// thing.
func teamed() (Evidence, Policy, plan.Plan) {
	e, pol, p := reviewed()
	pol.Groups[0] = Group{Name: "ops", Team: "acme/ops", Number: 17}
	e.Landings[0].Request.Teams = []Members{{Team: "acme/ops", Number: 17, Owner: "5", Home: "5", Asked: []int64{2}, In: []Member{{Account: 2}}}}
	return e, pol, p
}

// TestTeams holds whose approval counts as one of a team, one fault at a time.
func TestTeams(t *testing.T) {
	type world struct {
		l   *Landing
		q   *Request
		m   *Members
		pol *Policy
		p   *plan.Plan
	}
	sign := func(w world, who string) {
		w.pol.Forge.Signed = true
		w.l.Said = append(w.l.Said, Verdict{Who: who, Yes: true, Repo: repoID, Head: head, Plan: w.p.Digest(), Until: noon.Add(time.Hour)})
	}
	for name, c := range map[string]struct {
		spoil func(w world)
		want  string
	}{
		"a member":                   {func(world) {}, ""},
		"a member for a while":       {func(w world) { w.m.In[0].Until = noon.Add(time.Second) }, ""},
		"a member until now":         {func(w world) { w.m.In[0].Until = noon }, "gate/not-in-team"},
		"not in it":                  {func(w world) { w.m.In = nil }, "gate/not-in-team"},
		"another is in it":           {func(w world) { w.m.In[0].Account, w.m.Asked = 3, []int64{2, 3} }, "gate/not-in-team"},
		"in it, and nobody asked":    {func(w world) { w.m.Asked = nil }, "gate/not-in-team"},
		"nobody asked of the team":   {func(w world) { w.q.Teams = nil }, "gate/not-in-team"},
		"asked of another team":      {func(w world) { w.m.Team = "acme/boss" }, "gate/not-in-team"},
		"the team was made anew":     {func(w world) { w.m.Number = 18 }, "gate/other-team"},
		"policy has no number":       {func(w world) { w.pol.Groups[0].Number = 0 }, "gate/other-team"},
		"of another organization":    {func(w world) { w.m.Owner = "6" }, "gate/other-team"},
		"of a person's repository":   {func(w world) { w.m.Home = "" }, "gate/other-team"},
		"of nobody, as the other is": {func(w world) { w.m.Home, w.m.Owner = "", "" }, "gate/other-team"},
		"its author is in it":        {func(w world) { w.q.Author = 2 }, "gate/self-approval"},
		"who pushed is in it":        {func(w world) { w.q.Pushers = append(w.q.Pushers, 2) }, "gate/self-approval"},
		"a hand in a commit":         {func(w world) { w.l.Hands = append(w.l.Hands, "bob@x") }, "gate/self-approval"},
		"a member that policy lacks": {func(w world) {
			w.q.Reviews[0].By.ID, w.m.Asked, w.m.In[0].Account = 99, []int64{99}, 99
		}, "gate/no-approval"},
		"a member, of an older head": {func(w world) { w.q.Reviews[0].Commit = "c1" }, "gate/stale-approval"},
		"a member who may not write": {func(w world) { w.q.Reviews[0].By.Write = false }, "gate/not-eligible"},
		"a member who called it off": {func(w world) { w.q.Reviews = append(w.q.Reviews, said(2, Rejects, -5)) }, "gate/rejected"},
		"a call from outside stands": {func(w world) { w.q.Reviews = append(w.q.Reviews, said(3, Rejects, -5)) }, "gate/rejected"},
		"a signed word of a member":  {func(w world) { w.q.Reviews = nil; sign(w, "bob@x") }, "gate/not-in-team"},
		"one member, two words":      {func(w world) { w.pol.Approvals[0].Min = 2; sign(w, "bob@x") }, "gate/no-approval"},
		"beside it somebody by name": {func(w world) { w.m.In, w.pol.Approvals[0].From = nil, []string{"ops", "bob"} }, ""},
		"a signed word by name":      {func(w world) { w.pol.Approvals[0].From = []string{"ops", "eve"}; w.q.Reviews = nil; sign(w, "eve@x") }, "signed"},
		"another group than it":      {func(w world) { w.pol.Approvals[0].From = []string{"boss"} }, "gate/no-approval"},
		"of two teams in the second": {func(w world) { two(w.pol, w.q); w.q.Teams[0].In = nil }, ""},
		"the first team was remade":  {func(w world) { two(w.pol, w.q); w.q.Teams[0].Number = 3 }, ""},
		"one is remade, one is not":  {func(w world) { two(w.pol, w.q); w.q.Teams[0].Number, w.q.Teams[1].In = 3, nil }, "gate/other-team"},
		"policy, by no one of class": {func(w world) { w.l.Paths[0] = "policy.yaml" }, "gate/policy-changed"},
		"policy, of a team":          {func(w world) { w.l.Paths[0], w.pol.Approvals[1].From = "policy.yaml", []string{"ops"} }, ""},
		"policy, of a team, not in":  {func(w world) { w.l.Paths[0], w.pol.Approvals[1].From, w.m.In = "policy.yaml", []string{"ops"}, nil }, "gate/policy-changed"},
		"policy names no forge":      {func(w world) { w.pol.Forge = nil }, "gate/no-approval"},
		"numbers of another forge":   {func(w world) { w.pol.Forge.Kind = "github" }, "gate/no-approval"},
		"the number of nobody": {func(w world) {
			w.pol.People[1].Gitea, w.q.Reviews[0].By.ID, w.m.In[0].Account, w.m.Asked[0] = 0, 0, 0, 0
		}, "gate/no-approval"},
		"a landing without a request": {func(w world) { w.l.Request = nil; sign(w, "bob@x") }, "gate/not-in-team"},
	} {
		t.Run(name, func(t *testing.T) {
			e, pol, p := teamed()
			l := &e.Landings[0]
			c.spoil(world{l, l.Request, &l.Request.Teams[0], &pol, &p})
			pass, ds := Judge(e, pol, p)
			if ok := !ds.Failed(); ok != (c.want == "" || c.want == "signed") || ok != (len(pass.Plan().Changes) > 0) {
				t.Fatalf("pass %v: %v", pass, ds)
			}
			if ds.Failed() && !slices.ContainsFunc(ds, func(d diag.Diag) bool { return d.Rule == c.want && d.Hint != "" && d.Text != "" }) {
				t.Errorf("want %s, have %v", c.want, ds)
			}
			if c.want == "" && strings.Join(pass.By(), " ") != "bob@x" {
				t.Errorf("by %v", pass.By())
			}
		})
	}
}

// two makes a second team whose word counts too, with bob in.
func two(pol *Policy, q *Request) {
	pol.Groups = append(pol.Groups, Group{Name: "more", Team: "acme/more", Number: 18})
	pol.Approvals[0].From = []string{"ops", "more"}
	q.Teams = append(q.Teams, Members{Team: "acme/more", Number: 18, Owner: "5", Home: "5", Asked: []int64{2}, In: []Member{{Account: 2}}})
}

// TestAskTeams holds the law: a forge is asked about those whose approval counts if they are in a
// team, and about nobody else.
func TestAskTeams(t *testing.T) {
	type spoil = func(l *Landing, pol *Policy)
	for name, c := range map[string]struct {
		spoil spoil
		want  int64 // account that is asked about; 0: nothing is asked
	}{
		"an approval":             {func(*Landing, *Policy) {}, 2},
		"no team in policy":       {func(_ *Landing, pol *Policy) { pol.Groups[0] = Group{Name: "ops", People: []string{"bob"}} }, 0},
		"no need of the team":     {func(_ *Landing, pol *Policy) { pol.Approvals = pol.Approvals[1:2] }, 0},
		"no forge in policy":      {func(_ *Landing, pol *Policy) { pol.Forge = nil }, 0},
		"another forge":           {func(_ *Landing, pol *Policy) { pol.Forge.Kind = "gitlab" }, 0},
		"no request":              {func(l *Landing, _ *Policy) { l.Request = nil }, 0},
		"by its author":           {func(l *Landing, _ *Policy) { l.Request.Author = 2 }, 0},
		"by a hand in it":         {func(l *Landing, _ *Policy) { l.Hands = append(l.Hands, "bob@x") }, 0},
		"of an older head":        {func(l *Landing, _ *Policy) { l.Request.Reviews[0].Commit = "c1" }, 0},
		"by a bot":                {func(l *Landing, _ *Policy) { l.Request.Reviews[0].By.Bot = true }, 0},
		"dismissed":               {func(l *Landing, _ *Policy) { l.Request.Reviews[0].Dismissed = true }, 0},
		"a call for changes":      {func(l *Landing, _ *Policy) { l.Request.Reviews[0].Says = Rejects }, 0},
		"taken back since":        {func(l *Landing, _ *Policy) { l.Request.Reviews = append(l.Request.Reviews, said(2, Rejects, -1)) }, 0},
		"by nobody policy knows":  {func(l *Landing, _ *Policy) { l.Request.Reviews[0].By.ID = 99 }, 0},
		"by one named beside too": {func(_ *Landing, pol *Policy) { pol.Approvals[0].From = []string{"ops", "bob"} }, 2},
	} {
		e, pol, _ := teamed()
		c.spoil(&e.Landings[0], &pol)
		teams, of := pol.AskTeams(e.Landings[0])
		if c.want == 0 && (teams != nil || of != nil) || c.want != 0 && (len(of) != 1 || of[0].ID != c.want || !slices.Equal(teams, []Team{"acme/ops"})) {
			t.Errorf("%s: of %v is asked in %v", name, of, teams)
		}
	}
}

// TestReadTeams holds what policy may say of teams.
func TestReadTeams(t *testing.T) {
	text := strings.NewReplacer("signer: ann@example.net", "signer: ann@example.net, github: 1", "signer: bob@example.net,", "signer: bob@example.net, github: 2,",
		"{name: ops, people: [ann, bob]}", "{name: ops, team: acme/net-ops, number: 17}").Replace(policyText)
	const onForge = "forge: {kind: github, repository: 7}\n"
	for change, want := range map[string]string{
		"":                                       "",
		"number: 17}=number: 17, people: [ann]}": "policy/people-or-team",
		"team: acme/net-ops, number: 17}=number: 17}": "policy/people-or-team",
		", team: acme/net-ops, number: 17}=}":         "policy/people-or-team",
		"team: acme/net-ops, =people: [ann, bob], ":   "policy/people-or-team",
		", number: 17=":                                   "policy/team",
		"number: 17=number: 0":                            "policy/team",
		"number: 17=number: -1":                           "policy/team",
		"acme/net-ops=net-ops":                            "policy/team",
		"acme/net-ops=acme/net/ops":                       "policy/team",
		"acme/net-ops=acme/../admin":                      "schema/type",
		"acme/net-ops=/ops":                               "schema/type",
		"acme/net-ops=\"acme/net ops\"":                   "schema/type",
		"acme/net-ops=acme/" + strings.Repeat("x", 251):   "schema/type",
		"acme/net-ops=https://forge.example/acme/net-ops": "schema/type",
		"- {name: ops, team=- {name: ops, people: [ann]}\n- {name: ops, team": "policy/group-twice",
		"name: ops, team=name: ann, team":                                     "policy/group-twice",
		onForge + "=":                                                         "policy/team-without-forge",
		"kind: github=kind: gitea":                                            "policy/too-few-people", // nobody has an account there
		"min: 2=min: 3":                                                       "policy/too-few-people",
		"signer: bob@example.net, github: 2=signer: bob@x":                    "policy/too-few-people",
		"repository: 7}=repository: 7, signed: true}":                         "",
		"min: 2, from: [ops]=min: 2, from: [ann, ops]":                        "",
		"kind: github=kind: gitlab":                                           "policy/too-few-people",
		"{path: intent/peering/, min: 2={class: policy, min: 1":               "",
	} {
		from, to, _ := strings.Cut(change, "=")
		all := text + onForge
		if change != "" {
			if all = strings.Replace(all, from, to, 1); all == text+onForge {
				t.Fatalf("%s changes nothing", change)
			}
		}
		_, ds := ReadPolicy(fstest.MapFS{PolicyFile: {Data: []byte(all)}})
		if want == "" && ds.Failed() || want != "" && !slices.ContainsFunc(ds, func(d diag.Diag) bool { return strings.HasPrefix(d.Rule, want) && d.At.Line > 1 }) {
			t.Errorf("%s: want %q, have %v", change, want, ds)
		}
	}
	lab := strings.NewReplacer("github: 1", "gitlab: 1", "github: 2", "gitlab: 2", "kind: github", "kind: gitlab", "acme/net-ops", "acme/net/ops").Replace(text + onForge)
	if _, ds := ReadPolicy(fstest.MapFS{PolicyFile: {Data: []byte(lab)}}); ds.Failed() {
		t.Error("groups of GitLab are nested:", ds)
	}
}
