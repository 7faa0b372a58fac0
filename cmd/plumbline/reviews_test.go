package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"plumbline/internal/gate/signed"
	"plumbline/internal/repo"
)

// reviewed is a stage whose policy counts reviews on a Gitea, as far as it is asked here.
type reviewed struct {
	*stage
	head, landed string
	approved     bool
	open         bool // whether the branch takes forced pushes
	repository   int
	others       []string // heads of requests that are open
	told         []string // statuses that were set: commit, state, name, title
	mute         bool     // no status is taken
	team         int      // number of the team acme/netops; 0: there is none
	in           string   // who is in it
}

const reviewsPolicy = "forge: {kind: gitea, repository: 7, demand: [no-force-push]}\n"

func newReviewed(t *testing.T) *reviewed { t.Helper(); return newReviewedBy(t, "") }

// newReviewedBy is newReviewed, with a team of the forge, by its number, in the place of netops.
func newReviewedBy(t *testing.T, number string) *reviewed {
	t.Helper()
	r := &reviewed{repository: 7}
	r.stage = newStage(t, func(p string) string {
		for i, name := range []string{"alice", "bob", "carol"} {
			p = strings.Replace(p, "signer: "+name, fmt.Sprintf("signer: %s, gitea: %d", name, i+1), 1)
		}
		if number != "" {
			p = strings.Replace(p, "people: [alice, bob]}", "team: acme/netops, number: "+number+"}", 1)
		}
		return p + reviewsPolicy
	})
	srv := httptest.NewServer(r)
	t.Cleanup(srv.Close)
	r.must(os.MkdirAll(r.path("secrets", "forge"), 0o700))
	r.must(os.WriteFile(r.path("secrets", "forge", "token"), []byte("t0ken\n"), 0o600))
	text, err := os.ReadFile(r.path("runner.yaml"))
	r.must(err)
	text = fmt.Appendf(text, "plan_key: %q\nforge: {kind: gitea, api: %q, project: group/net, token: secret://local/forge#token}\n", r.path("keys", "planner"), srv.URL+"/api")
	r.must(os.WriteFile(r.path("runner.yaml"), text, 0o600))
	return r
}

// planner lists the key that seals plans, and has alice say anew what is deployed.
func (r *reviewed) planner() {
	r.t.Helper()
	k, pem, err := signed.NewKey("planner")
	r.must(err)
	r.must(writeFile(r.path("keys", "planner"), pem, 0o600))
	text, err := os.ReadFile(r.path("network", ".plumbline", "allowed_signers"))
	r.must(err)
	text = append(text, []byte(`planner namespaces="plan@plumbline" `+k.Authorized()+"\n")...)
	r.must(os.WriteFile(r.path("network", ".plumbline", "allowed_signers"), text, 0o644))
	_, err = r.repo.Commit("main", repo.Author{Person: demoCarol, When: demoDay()}, "The key that seals plans", map[string][]byte{".plumbline/allowed_signers": text})
	r.must(err)
	r.plumb(ok, "approve", "--baseline", "--key", r.path("keys", "alice"))
	tip, err := r.repo.Branch("main")
	r.must(err)
	r.must(r.repo.Point("change", tip))
	_, err = r.repo.CommitFS("change", repo.Author{Person: demoCarol, When: demoDay()}, "The network", os.DirFS(r.path("network")))
	r.must(err)
	r.head, err = r.repo.Branch("change")
	r.must(err)
}

// ServeHTTP answers as Gitea does; what is not asked for in these tests is not there. Its
// clock is the demo's.
func (r *reviewed) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	bob := map[string]any{"id": 2, "login": "bob"}
	request := map[string]any{
		"number": 1, "user": map[string]any{"id": 3, "login": "carol"}, "merged": true, "merge_commit_sha": r.landed,
		"base": map[string]any{"ref": "main", "repo_id": r.repository},
	}
	var reviews []any
	if r.approved && q.URL.Query().Get("page") == "1" {
		reviews = append(reviews, map[string]any{"id": 1, "user": bob, "state": "APPROVED", "commit_id": r.head, "stale": false, "official": true, "dismissed": false, "comments_count": 0, "body": "", "submitted_at": demoDay().Add(-time.Minute)})
	}
	pushes := []any{}
	if q.URL.Query().Get("page") == "1" {
		pushes = append(pushes, map[string]any{"type": "pull_push", "user": map[string]any{"id": 3, "login": "carol"}, "review_id": 0, "body": `{"commit_ids":["` + r.head + `"]}`})
	}
	w.Header().Set("Date", demoDay().Add(-time.Hour).Format(http.TimeFormat))
	if at, is := strings.CutPrefix(q.URL.Path, "/api/repos/group/net/statuses/"); is && !r.mute {
		var in struct{ State, Context, Description string }
		json.NewDecoder(q.Body).Decode(&in)
		r.told = append(r.told, strings.Join([]string{at, in.State, in.Context, in.Description}, " "))
		return
	}
	open := []any{}
	for i, head := range r.others {
		if q.URL.Query().Get("page") == "1" {
			open = append(open, map[string]any{"number": i + 2, "base": map[string]any{"ref": "main"}, "head": map[string]any{"sha": head}})
		}
	}
	answers := map[string]any{
		"":                               map[string]any{"id": r.repository, "owner": map[string]any{"id": 5, "login": "acme"}},
		"/commits/" + r.landed + "/pull": request,
		"/pulls/1":                       request,
		"/pulls":                         open,
		"/pulls/1/reviews":               reviews,
		"/git/refs/pull/1/head":          []any{map[string]any{"ref": "refs/pull/1/head", "object": map[string]any{"sha": r.head}}},
		"/issues/1/timeline":             pushes,
		"/collaborators/bob/permission":  map[string]any{"permission": "write", "user": bob},
		"/branches/main":                 map[string]any{"protected": true, "effective_branch_protection_name": "main"},
		"/branch_protections/main": map[string]any{
			"enable_push": false, "enable_push_whitelist": false, "push_whitelist_deploy_keys": false, "enable_force_push": r.open, "required_approvals": 1,
			"block_on_rejected_reviews": true, "dismiss_stale_approvals": true, "ignore_stale_approvals": false, "block_admin_merge_override": true,
		},
	}
	answers["/api/orgs/acme/teams"] = []any{}
	if r.team > 0 {
		if q.URL.Query().Get("page") == "1" {
			answers["/api/orgs/acme/teams"] = []any{map[string]any{"id": r.team, "name": "netops"}}
		}
		answers[fmt.Sprint("/api/teams/", r.team)] = map[string]any{"id": r.team, "name": "netops", "organization": map[string]any{"id": 5, "name": "acme"}}
		answers[fmt.Sprint("/api/teams/", r.team, "/members/", r.in)] = bob
	}
	a, known := answers[strings.TrimPrefix(q.URL.Path, "/api/repos/group/net")]
	if !known || q.Header.Get("Authorization") != "token t0ken" {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	json.NewEncoder(w).Encode(a)
}

// TestReviewReachesDevices holds the law: where policy counts reviews, a merge is pushed by
// what was shown sealed and approved on the forge, and by nothing else.
func TestReviewReachesDevices(t *testing.T) {
	t.Parallel()
	r := newReviewed(t)
	r.planner()
	if out := r.plumb(ok, "diff", "--head", "change", "--out", r.path("plan.json")); !strings.Contains(out, "sealed: reviews of ") {
		t.Fatal(out)
	} else if _, err := r.keep(out); err != nil {
		t.Fatal(err)
	}
	r.plumb(ok, "approve", r.plan, "--key", r.path("keys", "bob"), "--head", "change") // policy does not count it
	if out := r.plumb(refused, "push", "--merged"); !strings.Contains(out, "gate/other-request") {
		t.Errorf("nothing is merged:\n%s", out)
	}
	var err error
	r.landed, err = r.repo.Squash("main", repo.Author{Person: demoCarol, When: demoDay()}, "squash", r.head)
	r.must(err)
	if out := r.plumb(refused, "push", "--merged"); !strings.Contains(out, "gate/no-approval") {
		t.Errorf("nobody approved:\n%s", out)
	}
	r.approved, r.open = true, true
	if out := r.plumb(refused, "push", "--merged"); !strings.Contains(out, "gate/unprotected") {
		t.Errorf("the branch can be rewritten:\n%s", out)
	}
	r.open, r.repository = false, 8
	if out := r.plumb(refused, "push", "--merged"); !strings.Contains(out, "gate/other-request") {
		t.Errorf("it is another repository:\n%s", out)
	}
	if out := r.plumb(refused, "push", "--plan", r.plan, "--without-forge"); !strings.Contains(out, "gate/no-evidence") {
		t.Errorf("policy counts reviews alone:\n%s", out)
	}
	r.plumb(usage, "push", "--merged", "--without-forge")
	if r.mutating() > 0 {
		t.Fatal("a device was written to")
	}
	r.repository = 7
	if out := r.plumb(ok, "push", "--merged"); !strings.Contains(out, "COMMITTED") || r.mutating() == 0 {
		t.Errorf("approved, and not pushed:\n%s", out)
	}
	r.must(os.Rename(r.path("runner.yaml"), r.path("away.yaml")))
	if out := r.plumb(ok, "verify"); !strings.Contains(out, "approved by bob") {
		t.Errorf("a third party has no forge:\n%s", out)
	}
}

// TestOutdated holds the law: who has a plan open for a device that was pushed to is told, and
// nobody else; a forge that takes no word of it changes nothing of the push.
func TestOutdated(t *testing.T) {
	t.Parallel()
	for name, mute := range map[string]bool{"told": false, "may not be told": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newReviewed(t)
			r.planner()
			_, err := r.keep(r.plumb(ok, "diff", "--head", "change", "--out", r.path("plan.json")))
			r.must(err)
			for branch, text := range map[string]string{"same": "another", "away": "nothing"} {
				r.must(r.repo.Point(branch, r.head))
				head, err := r.repo.Commit(branch, repo.Author{Person: demoCarol, When: demoDay()}, text, map[string][]byte{"notes/" + branch: []byte(text)})
				r.must(err)
				r.others = append(r.others, head)
				if branch == "same" {
					r.plumb(ok, "diff", "--head", branch, "--out", r.path("other.json"))
				}
			}
			r.approved = true
			r.landed, err = r.repo.Squash("main", repo.Author{Person: demoCarol, When: demoDay()}, "squash", r.head)
			r.must(err)
			r.plumb(usage, "push", "--merged", "--post", "comment")
			r.mute = mute
			out := r.plumb(ok, "push", "--merged", "--post", "check")
			if !strings.Contains(out, "COMMITTED") || strings.Contains(out, "not all told") != mute {
				t.Errorf("%s", out)
			}
			same, err := r.repo.Branch("same")
			r.must(err)
			if !mute && (len(r.told) != 1 || !strings.HasPrefix(r.told[0], same+" failure plumbline/diff outdated, run the plan job again: 4 devices since pushed (")) {
				t.Errorf("told %q, and %s has a plan for the same devices", r.told, same)
			}
		})
	}
}

// TestDoctorForge holds the law: doctor says what the forge answers and whether push would be
// refused for it.
func TestDoctorForge(t *testing.T) {
	t.Parallel()
	r := newReviewed(t)
	if out := r.plumb(ok, "doctor"); !strings.Contains(out, "reviews on gitea, repository 7") || !strings.Contains(out, "no others-approve: ") {
		t.Errorf("%s", out)
	}
	r.open = true
	if out := r.plumb(findings, "doctor"); !strings.Contains(out, "no no-force-push: its history can be rewritten by a forced push, or the forge does not tell; policy demands it, and push would be refused") {
		t.Errorf("%s", out)
	}
	r.open, r.repository = false, 8
	if out := r.plumb(findings, "doctor"); !strings.Contains(out, "policy names 7: push would be refused") {
		t.Errorf("%s", out)
	}
	r.repository = 7
	text, err := os.ReadFile(r.path("network", "policy.yaml"))
	r.must(err)
	_, err = r.repo.Commit("main", repo.Author{Person: demoCarol, When: demoDay()}, "Without reviews", map[string][]byte{"policy.yaml": []byte(strings.Replace(string(text), reviewsPolicy, "", 1))})
	r.must(err)
	if out := r.plumb(ok, "doctor"); !strings.Contains(out, "signed statements alone; on the forge this is repository 7") {
		t.Errorf("%s", out)
	}
	_, err = r.repo.Commit("main", repo.Author{Person: demoCarol, When: demoDay()}, "With reviews", map[string][]byte{"policy.yaml": text})
	r.must(err)
	r.must(os.Remove(r.path("secrets", "forge", "token")))
	if out := r.plumb(findings, "doctor"); !strings.Contains(out, "cannot be asked, so push would be refused") {
		t.Errorf("%s", out)
	}
}
