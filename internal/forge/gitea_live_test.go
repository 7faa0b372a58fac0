//go:build gitea

package forge_test

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"plumbline/drivers"
	"plumbline/internal/diag"
	"plumbline/internal/forge"
	"plumbline/internal/gate/signed"
	"plumbline/internal/lab/gitea"
	"plumbline/internal/plan"
	"plumbline/internal/repo"
)

const network = "6f1c0f0e-6d0b-4b8e-9a55-0c2f2a7f5a11"

const policyOnGitea = `repo: ` + network + `
branch: main
people:
- {name: ann, signer: ann@example.net, gitea: %d}
- {name: bob, signer: bob@example.net, gitea: %d}
- {name: eve, signer: eve@example.net, gitea: %d}
groups:
- {name: ops, people: [ann, bob]}
- {name: boss, people: [eve]}
approvals:
- {class: any, min: 1, from: [ops], digest_in_review: true}
- {class: policy, min: 1, from: [boss]}
soak: 60s
timer_margin: 60s
forge: {kind: gitea, repository: %d, demand: [no-force-push]}
`

// world is one repository on the real server with a change of Ann's, request 1.
type world struct {
	*testing.T
	s       *gitea.Server
	project string
	dir     string // a clone
	words   string // of reviews; "": the digest of the plan, among others
	repo    *repo.Repo
	plan    plan.Plan
	seal    signed.Key
	forge   forge.Forge
	token   string
	made    numbered // what a case made
	team    int64    // number of the team whose word counts; 0: people by name
}

// people are the accounts by name.
type people map[string]int64

func newWorld(t *testing.T, s *gitea.Server, who people, c teamCase) *world {
	name := slug(c.name)
	t.Helper()
	mine := *s
	mine.TB, s = t, &mine // what fails here fails this case
	w := &world{T: t, s: s, project: gitea.Admin + "/" + name, dir: filepath.Join(t.TempDir(), "net")}
	var made numbered
	text := policyOnGitea
	if c.team == "" {
		s.Ask(gitea.Admin, "POST", "/user/repos", map[string]any{"name": name, "default_branch": "main"}, &made, 201)
	} else {
		made, text = w.organize(name, c.ownTeam())
	}
	for user := range who {
		s.Ask(gitea.Admin, "PUT", "/repos/"+w.project+"/collaborators/"+user, map[string]any{"permission": "write"}, nil, 204)
	}
	s.Git(t.TempDir(), "ann", "init", "-q", "-b", "main", w.dir)
	s.Git(w.dir, "ann", "remote", "add", "origin", s.URL+"/"+w.project+".git")
	var signers string
	keys := map[string]signed.Key{}
	for user, options := range map[string]string{"ann": "", "eve": "", "planner": ` namespaces="plan@plumbline"`} {
		k, _, err := signed.NewKey(user)
		if err != nil {
			t.Fatal(err)
		}
		keys[user] = k
		signers += user + "@example.net" + options + " " + k.Authorized() + "\n"
	}
	w.seal = keys["planner"]
	w.commit("ann", map[string]string{"policy.yaml": fmt.Sprintf(text, who["ann"], who["bob"], who["eve"], made.ID), signed.SignersFile: signers, "intent/a.yaml": "a: 1\n", "intent/b.yaml": "b: 1\n"})
	s.Git(w.dir, "ann", "push", "-q", "origin", "main")
	var err error
	if w.repo, err = repo.Open(w.dir); err != nil {
		t.Fatal(err)
	}
	for _, user := range []string{"ann", "eve"} {
		if _, err := signed.SayBaseline(w.repo, keys[user], "", "main", time.Now(), time.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	w.token = s.NewToken(gitea.Admin, "read:repository", "read:issue", "read:organization")
	if w.forge, err = forge.Open("gitea", s.URL+"/api/v1", w.project, w.token); err != nil {
		t.Fatal(err)
	}
	w.plan = plan.Plan{Header: plan.Header{Repo: network, Inputs: strings.Repeat("0", 64)}, Changes: []plan.Change{
		{Device: "r1", Have: "x", HaveFull: "x", Want: "y", Edit: drivers.Edit{Do: []byte("a\n"), Undo: []byte("b\n")}},
	}}
	w.protect(nil)
	w.s.Git(w.dir, "ann", "checkout", "-q", "-b", "f")
	w.commit("ann", map[string]string{"intent/a.yaml": "a: 2\n"})
	w.push("ann", "f")
	w.until("ann", "POST", "/pulls", map[string]any{"head": "f", "base": "main", "title": "change"}, 201)
	w.show()
	return w
}

// numbered is what was made.
type numbered struct {
	ID int64 `json:"id"`
}

// organize makes an organization with the repository and a team ops, in which Bob is. Policy counts
// a team by its name; of policy that names another organization, that is made too, with a team of the
// same name.
func (w *world) organize(name, team string) (made numbered, policy string) {
	w.Helper()
	org, _, _ := strings.Cut(team, "/")
	for _, o := range slices.Compact(slices.Sorted(slices.Values([]string{org, "acme-" + name}))) {
		w.s.Ask(gitea.Admin, "POST", "/orgs", map[string]any{"username": o, "visibility": "private"}, nil, 201)
		var t numbered
		w.s.Ask(gitea.Admin, "POST", "/orgs/"+o+"/teams", opsTeam, &t, 201)
		w.s.Ask(gitea.Admin, "PUT", fmt.Sprintf("/teams/%d/members/bob", t.ID), nil, nil, 204)
		if o == org {
			w.team = t.ID
		}
	}
	w.project = "acme-" + name + "/" + name
	w.s.Ask(gitea.Admin, "POST", "/orgs/acme-"+name+"/repos", map[string]any{"name": name, "default_branch": "main"}, &made, 201)
	var writers numbered // who leaves the last team of an organization loses the repository too
	w.s.Ask(gitea.Admin, "POST", "/orgs/acme-"+name+"/teams", map[string]any{"name": "writers", "permission": "write", "units": opsTeam["units"], "includes_all_repositories": true}, &writers, 201)
	for _, user := range []string{"ann", "bob", "eve"} {
		w.s.Ask(gitea.Admin, "PUT", fmt.Sprintf("/teams/%d/members/%s", writers.ID, user), nil, nil, 204)
	}
	return made, strings.Replace(policyOnGitea, "people: [ann, bob]", fmt.Sprintf("team: %s, number: %d", team, w.team), 1)
}

var opsTeam = map[string]any{"name": "ops", "permission": "write", "units": []string{"repo.code", "repo.pulls", "repo.issues"}}

func (w *world) ask(user, method, path string, in, out any, want ...int) int {
	w.Helper()
	return w.s.Ask(user, method, "/repos/"+w.project+path, in, out, want...)
}

// until asks until the server has taken in what was pushed, which it does in its own time.
func (w *world) until(user, method, path string, in map[string]any, want int) {
	w.Helper()
	for range 100 {
		if w.ask(user, method, path, in, nil, want, 404, 405, 409, 500) == want {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	w.Fatalf("%s %s is not possible", method, path)
}

// protect sets the rule of main; a field that is given takes the place of the safe one.
func (w *world) protect(change map[string]any) {
	w.Helper()
	rule := map[string]any{"rule_name": "main", "enable_push": false, "required_approvals": 0, "block_on_rejected_reviews": false, "dismiss_stale_approvals": false, "enable_force_push": false}
	for k, v := range change {
		rule[k] = v
	}
	if change != nil {
		w.ask(gitea.Admin, "DELETE", "/branch_protections/main", nil, nil, 204)
	}
	w.ask(gitea.Admin, "POST", "/branch_protections", rule, nil, 201)
}

func (w *world) commit(user string, files map[string]string) {
	w.Helper()
	for name, text := range files {
		file := filepath.Join(w.dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			w.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			w.Fatal(err)
		}
	}
	w.s.Git(w.dir, user, "add", "-A")
	w.s.Git(w.dir, user, "commit", "-q", "--allow-empty", "-m", "change")
}

func (w *world) push(user, branch string) {
	w.Helper()
	w.s.Git(w.dir, user, "push", "-q", "origin", branch)
}

func (w *world) head() string { return w.s.Git(w.dir, "ann", "rev-parse", "f") }

// show seals the plan for the head, and lets the time pass in which a click could be meant
// for the one before: approvals are told to the second.
func (w *world) show() {
	w.Helper()
	for i := 0; !w.told(); i++ {
		if i > 200 {
			w.Fatal("the server does not tell of the push")
		}
		time.Sleep(50 * time.Millisecond)
	}
	_, now, err := w.forge.Here(w.Context())
	if err == nil {
		err = signed.Show(w.repo, signed.Seal{Key: w.seal, Branch: "main", Head: w.head(), Plan: w.plan.Digest(), At: now})
	}
	if err != nil {
		w.Fatal(err)
	}
}

// told tells whether the server has taken in who pushed the head.
func (w *world) told() bool {
	var events []struct {
		Type string `json:"type"`
		Body string `json:"body"`
	}
	w.ask(gitea.Admin, "GET", "/issues/1/timeline?limit=50", nil, &events, 200)
	for _, e := range events {
		if e.Type == "pull_push" && strings.Contains(e.Body, w.head()) {
			return true
		}
	}
	return false
}

func (w *world) review(user, event string) (id int64) {
	w.Helper()
	var made struct {
		ID int64 `json:"id"`
	}
	w.ask(user, "POST", "/pulls/1/reviews", map[string]any{"event": event, "body": cmp.Or(w.words, "I looked at plan "+w.plan.Digest()[:12]), "commit_id": w.head()}, &made, 200)
	return made.ID
}

func (w *world) approve(user string) int64 { w.Helper(); return w.review(user, "APPROVED") }

func (w *world) merge(how string) {
	w.Helper()
	w.until(gitea.Admin, "POST", "/pulls/1/merge", map[string]any{"Do": how, "force_merge": true}, 200)
}

// direct puts a commit onto main past every request.
func (w *world) direct(user string) {
	w.Helper()
	w.protect(map[string]any{"enable_push": true})
	w.onMain(user)
	w.push(user, "main")
}

func (w *world) onMain(user string) {
	w.Helper()
	w.s.Git(w.dir, user, "fetch", "-q", "origin")
	w.s.Git(w.dir, user, "checkout", "-q", "-B", "main", "origin/main")
	w.commit(user, map[string]string{"intent/b.yaml": "b: evil\n"})
}

func (w *world) judge() (by []string, ds diag.List, err error) {
	w.Helper()
	w.s.Git(w.dir, "ann", "fetch", "-q", "origin", "+refs/pull/*/head:refs/remotes/pull/*", "+refs/heads/*:refs/remotes/origin/*")
	w.s.Git(w.dir, "ann", "checkout", "-q", "-B", "main", "origin/main")
	digest, err := signed.StorePlan(w.repo, w.plan)
	if err != nil {
		w.Fatal(err)
	}
	pass, _, ds, err := signed.Admit(w.Context(), w.repo, "main", digest, time.Now(), w.forge)
	return pass.By(), ds, err
}

// TestGitea is the bar: on a real server the verdict is right in every case. The tapes that the
// fast tests play are what it answers, field by field.
func TestGitea(t *testing.T) {
	s := gitea.Start(t)
	who := people{}
	for _, name := range []string{"ann", "bob", "eve", "mal"} {
		who[name] = s.User(name)
	}
	all := slices.Clone(teamCases)
	for i, c := range liveCases {
		all = slices.Insert(all, i, teamCase{liveCase: c})
	}
	for _, c := range all { // one after the other: numbers of accounts and repositories are on the tapes
		if taped(c.name) {
			t.Run(slug(c.name), func(t *testing.T) {
				w := newWorld(t, s, who, c)
				w.case1(c.liveCase)
				if strings.Contains(c.name, "stale") {
					time.Sleep(3 * time.Second) // the server finds that out in its own time
				}
				record(t, w, c.ownTeam())
			})
		}
	}
	t.Run("more", func(t *testing.T) {
		for _, c := range all {
			if !taped(c.name) {
				t.Run(slug(c.name), func(t *testing.T) {
					t.Parallel()
					newWorld(t, s, who, c).case1(c.liveCase)
				})
			}
		}
	})
}

// case1 plays a case and holds the verdict.
func (w *world) case1(c liveCase) {
	w.Helper()
	c.play(w)
	by, ds, err := w.judge()
	if why, unread := strings.CutPrefix(c.want, "unread: "); unread && err != nil && strings.Contains(err.Error(), why) {
		return
	}
	if err != nil {
		w.Fatal(err)
	}
	if ds.Failed() != (c.want != "") {
		w.Fatalf("want %q: %v", c.want, ds)
	}
	if c.want == "" && !slices.Equal(by, []string{"bob@example.net"}) {
		w.Error(by)
	}
	if c.want != "" && !slices.ContainsFunc(ds, func(d diag.Diag) bool { return d.Rule == c.want }) {
		w.Errorf("want %s, have %v", c.want, ds)
	}
}

type liveCase struct {
	name string
	play func(w *world)
	want string // a finding, or "unread: " and what is told where the forge cannot be read
}

// teamCase is one where policy counts a team.
type teamCase struct {
	liveCase
	team string // "": people by name; OWN/ops: of the organization that the repository is of
}

// ownTeam is the name of the team on the server.
func (c teamCase) ownTeam() string { return strings.Replace(c.team, "OWN", "acme-"+slug(c.name), 1) }
