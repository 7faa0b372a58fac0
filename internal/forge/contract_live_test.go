//go:build gitea

package forge_test

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"plumbline/internal/forge"
	"plumbline/internal/forge/forgetest"
	"plumbline/internal/gate"
	"plumbline/internal/golden"
)

// kept are the fields of Gitea's answers that are read, by the end of the path; the others are
// noise here.
var kept = map[string]string{
	"/pull":                    "number",
	"/pulls/1":                 "number user user.id user.login merged merge_commit_sha base base.ref base.repo_id",
	"/pull/1/head":             "ref object object.sha",
	"/reviews":                 "id user user.id user.login state commit_id stale official dismissed comments_count submitted_at body",
	"/timeline":                "type user user.id user.login review_id body",
	"/permission":              "permission user user.id user.login",
	"/repos/group/net":         "id owner owner.id owner.login",
	"/teams":                   "id name",
	"/teams/N":                 "id name organization organization.id organization.name",
	"/members/bob":             "id login",
	"/branches/main":           "protected effective_branch_protection_name",
	"/branch_protections/main": "enable_push enable_push_whitelist push_whitelist_deploy_keys enable_force_push required_approvals block_on_rejected_reviews dismiss_stale_approvals ignore_stale_approvals block_admin_merge_override",
}

// taped tells whether a case is one of those whose answers the fast tests play.
func taped(name string) bool {
	return strings.Contains(" merge-commit squash rebase stale-after-a-push own-approval dismissed-approval the-call-dismissed-by-another pushed-by-an-administrator may-not-write-any-more pushed-to-after-the-merge pushed-under-anothers-name team-member outside-the-team taken-out-of-the-team team-made-anew team-of-another-organization ", " "+slug(name)+" ")
}

func slug(name string) string { return strings.NewReplacer(" ", "-", "'", "", ",", "").Replace(name) }

// record reads the evidence of the tip through a proxy that writes along, and that of a team where
// policy names one.
func record(t *testing.T, w *world, team string) {
	t.Helper()
	file := filepath.Join("testdata", "evidence", "gitea-"+strings.Split(t.Name(), "/")[1]+".json")
	tape := forgetest.Tape{Refused: []string{}}
	if old, err := forgetest.ReadTape(file, ""); err == nil {
		tape.Refused = old.Refused // judged where all tapes are
	}
	tape.Cites, tape.Answers = "recorded from Gitea 1.26.0", map[string]forgetest.Answer{}
	proxy := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		ask, _ := http.NewRequest(r.Method, w.s.URL+strings.Replace(r.URL.RequestURI(), "/api", "/api/v1", 1), nil)
		ask.Header = r.Header
		a, err := http.DefaultClient.Do(ask)
		if err != nil {
			t.Error(err)
			return
		}
		defer a.Body.Close()
		b, _ := io.ReadAll(a.Body)
		var body any
		if a.StatusCode < 300 && json.Unmarshal(b, &body) == nil {
			body = pruned(body, "", keptAt(teamNumber.ReplaceAllString(strings.Replace(r.URL.Path, w.project, "group/net", 1), "/teams/N")))
		}
		tape.Answers[strings.TrimPrefix(strings.Replace(r.URL.RequestURI(), w.project, "group/net", 1), "/api")] = forgetest.Answer{Status: a.StatusCode, Body: body}
		out.WriteHeader(a.StatusCode)
		out.Write(b)
	}))
	defer proxy.Close()
	f, err := forge.Open("gitea", proxy.URL+"/api", w.project, w.token)
	if err != nil {
		t.Fatal(err)
	}
	w.s.Git(w.dir, "ann", "fetch", "-q", "origin", "+refs/heads/*:refs/remotes/origin/*")
	tape.Commit = w.s.Git(w.dir, "ann", "rev-parse", "origin/main")
	q, err := f.Request(t.Context(), tape.Commit)
	if err != nil {
		t.Fatal(err)
	}
	if team != "" {
		tape.Team, tape.Number = team, w.team
		if err := f.Teams(t.Context(), q, []gate.Team{gate.Team(team)}, []gate.Account{q.Reviews[0].By}); err != nil {
			t.Fatal(err)
		}
	}
	weak, err := f.Protection(t.Context(), "main")
	if err != nil {
		t.Fatal(err)
	}
	tape.Request, _ = json.Marshal(q)
	tape.Weak, _ = json.Marshal(weak)
	text, err := json.MarshalIndent(tape, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	org, _, _ := strings.Cut(w.project, "/")
	if team == "" {
		org = "nobody's"
	}
	golden.Page(t, file, []byte(strings.ReplaceAll(plain(string(text)), org, "group")+"\n"))
}

var teamNumber = regexp.MustCompile(`/teams/[0-9]+$`)

func keptAt(path string) (out []string) {
	for end, names := range kept {
		if strings.HasSuffix(path, end) {
			out = strings.Fields(names)
		}
	}
	return out
}

func pruned(v any, at string, keep []string) any {
	switch v := v.(type) {
	case map[string]any:
		if v["type"] != nil && v["type"] != "pull_push" {
			v["body"] = "" // somebody's words
			if v["type"] != "dismiss_review" {
				delete(v, "user") // whose, is not asked
			}
		}
		for k, one := range v {
			if v[k] = pruned(one, at+k+".", keep); !slices.Contains(keep, at+k) {
				delete(v, k)
			}
		}
	case []any:
		for i := range v {
			v[i] = pruned(v[i], at, keep)
		}
	}
	return v
}

// plain gives commits and times names that are the same in every run: commits by where they
// stand, times by their order.
func plain(text string) string {
	commits := map[string]string{}
	text = regexp.MustCompile(`\b[0-9a-f]{40}\b`).ReplaceAllStringFunc(text, func(c string) string {
		if commits[c] == "" {
			commits[c] = fmt.Sprintf("%040x", 0xc0+len(commits))
		}
		return commits[c]
	})
	stamp := regexp.MustCompile(`\b20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:]+Z`)
	times := map[string]string{}
	for _, at := range stamp.FindAllString(text, -1) {
		times[at] = ""
	}
	for i, at := range slices.Sorted(maps.Keys(times)) {
		times[at] = time.Date(2026, 11, 24, 12, i, 0, 0, time.UTC).Format(time.RFC3339)
	}
	return stamp.ReplaceAllStringFunc(text, func(at string) string { return times[at] })
}
