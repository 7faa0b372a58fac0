package forge

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"plumbline/internal/diag"
	"plumbline/internal/forge/forgetest"
	"plumbline/internal/gate"
	"plumbline/internal/golden"
	"plumbline/internal/plan"
)

func tapes(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/evidence/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal("no tapes", err)
	}
	return files
}

func play(t *testing.T, file string) (*forgetest.Tape, Forge) {
	t.Helper()
	tape, err := forgetest.ReadTape(file, secret)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(tape)
	t.Cleanup(srv.Close)
	kind, _, _ := strings.Cut(filepath.Base(file), "-")
	f, err := Open(kind, srv.URL+"/api", "group/net", secret)
	if err != nil {
		t.Fatal(err)
	}
	return tape, f
}

// TestEvidence holds what is read out of answers: of a real Gitea, and in the shapes that
// the documents of GitHub and GitLab show. Every answer of a tape is asked for.
func TestEvidence(t *testing.T) {
	for _, file := range tapes(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			tape, f := play(t, file)
			q, err := told(t, tape, f)
			if err != nil {
				t.Fatal(err)
			}
			weak, err := f.Protection(t.Context(), "main")
			if err != nil {
				t.Fatal(err)
			}
			for at := range tape.Answers {
				if !tape.Asked[at] {
					t.Errorf("%s is on the tape, and nobody asks it", at)
				}
			}
			tape.Request, _ = json.Marshal(q)
			tape.Weak, _ = json.Marshal(weak)
			tape.Refused = []string{}
			for _, d := range verdict(tape, q) {
				if d.Severity == diag.Fail {
					tape.Refused = append(tape.Refused, d.Rule)
				}
			}
			text, err := json.MarshalIndent(tape, "", " ")
			if err != nil {
				t.Fatal(err)
			}
			golden.Page(t, file, append(text, '\n'))
		})
	}
}

// told gives the request of a tape, with who is in the team where its policy names one.
func told(t *testing.T, tape *forgetest.Tape, f Forge) (*gate.Request, error) {
	t.Helper()
	q, err := f.Request(t.Context(), tape.Commit)
	if err != nil || q == nil {
		return q, err
	}
	e, pol, _ := bench(tape, q)
	teams, of := pol.AskTeams(e.Landings[0])
	return q, f.Teams(t.Context(), q, teams, of)
}

// verdict judges what a tape tells.
func verdict(tape *forgetest.Tape, q *gate.Request) diag.List {
	e, pol, p := bench(tape, q)
	_, ds := gate.Judge(e, pol, p)
	return ds
}

// bench is a landing that is proved and whose plan was shown long before. Ann made the request; Bob
// and Eve may approve, or whoever is in the team of the tape.
func bench(tape *forgetest.Tape, q *gate.Request) (gate.Evidence, gate.Policy, plan.Plan) {
	p := plan.Plan{Header: plan.Header{Repo: "6f1c0f0e-6d0b-4b8e-9a55-0c2f2a7f5a11"}, Changes: []plan.Change{{Device: "r1", Have: "a", Want: "b"}}}
	pol := gate.Policy{Repo: p.Header.Repo, Branch: "main", Approvals: []gate.Need{{Class: "any", Min: 1, From: []string{"bob", "eve"}}}}
	for i, name := range []string{"ann", "bob", "eve"} {
		n := int64(i + 2)
		pol.People = append(pol.People, gate.Person{Name: name, Signer: name, Gitea: n, GitHub: n, GitLab: n})
	}
	noon := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	e := gate.Evidence{Now: noon.Add(2 * time.Hour), Tip: "x", Baseline: "y", Landings: []gate.Landing{{Tip: "x", Proved: true}}}
	if q != nil {
		pol.Forge = &gate.Forge{Kind: q.Forge, Repository: q.Repository}
		e.Tip = q.Landed
		e.Landings[0] = gate.Landing{Tip: q.Landed, Head: q.Head, Proved: true, Request: q, Shown: []gate.Shown{{Plan: p.Digest(), At: noon.Add(-24 * time.Hour)}}}
	}
	if tape.Team != "" {
		pol.Groups = []gate.Group{{Name: "ops", Team: gate.Team(tape.Team), Number: tape.Number}}
		pol.Approvals[0].From = []string{"ops"}
	}
	return e, pol, p
}

// TestMissing holds the law: whatever single field a forge leaves out of whatever answer,
// nothing passes. The tapes hold the fields that are read and no others.
func TestMissing(t *testing.T) {
	total, passes := 0, map[string]bool{}
	for _, file := range tapes(t) {
		tape, f := play(t, file)
		if q, err := told(t, tape, f); err == nil && !verdict(tape, q).Failed() {
			kind, _, _ := strings.Cut(filepath.Base(file), "-")
			passes[kind] = true
		}
		for at, whole := range maps.Clone(tape.Answers) {
			if !tape.Asked[at] { // it is of the protection
				continue
			}
			for _, path := range fields(whole.Body, "") {
				if path == "/membership_state" {
					continue // lesser editions do not tell it, and it only takes away
				}
				total++
				tape.Answers[at] = forgetest.Answer{Status: whole.Status, Next: whole.Next, Body: changed(whole.Body, path, nil)}
				if q, err := told(t, tape, f); err == nil && !verdict(tape, q).Failed() {
					t.Errorf("%s: %s without %s passes", file, at, path)
				}
			}
			tape.Answers[at] = whole
		}
	}
	if len(passes) != 3 {
		t.Errorf("nothing would be refused anyway only on %v", passes)
	}
	t.Logf("figure: %d single fields left out, none passes", total)
}

// TestUnknown holds the law: a word that nobody knows, a refusal or a fault of the server lets
// nothing pass; and of a branch whose protection cannot be read, no guard is believed.
func TestUnknown(t *testing.T) {
	for _, file := range tapes(t) {
		tape, f := play(t, file)
		before, err := f.Protection(t.Context(), "main")
		if err != nil {
			t.Fatal(err)
		}
		asked := maps.Clone(tape.Asked)
		for at, whole := range maps.Clone(tape.Answers) {
			guards := asked[at]
			for _, path := range fields(whole.Body, "") {
				var to any = "BLESSED"
				switch word := path[strings.LastIndex(path, "/")+1:]; {
				case strings.HasSuffix(at, "/permission") && path == "/user/id":
					to = 99 // somebody else has the name by now
				case strings.HasPrefix(at, "/users/") && path == "/id" && strings.HasPrefix(filepath.Base(file), "github"), strings.Contains(at, "/members/") && path == "/id":
					to = 99
				case path != "/owner/type" && !slices.Contains([]string{"state", "membership_state", "permission", "role", "kind"}, word):
					continue
				}
				tape.Answers[at] = forgetest.Answer{Status: whole.Status, Body: changed(whole.Body, path, to)}
				if q, err := told(t, tape, f); err == nil && !verdict(tape, q).Failed() {
					t.Errorf("%s: %s with an unknown %s passes", file, at, path)
				}
			}
			for _, status := range []int{401, 403, 404, 410, 418, 429, 500, 502} {
				tape.Answers[at] = forgetest.Answer{Status: status, Body: whole.Body}
				weak, err := f.Protection(t.Context(), "main")
				if guards && err == nil && len(weak) <= len(before) && len(before) <= 1 {
					t.Errorf("%s: %s answered %d, and the branch is as well protected as before", file, at, status)
				}
				q, err := told(t, tape, f)
				gone := status == 404 || status == 410 // who left, and did not approve, hinders nobody
				if !guards && err == nil && !verdict(tape, q).Failed() && !(gone && strings.Contains(at, "/eve/")) {
					t.Errorf("%s: %s answered %d passes", file, at, status)
				}
			}
			tape.Answers[at] = whole
		}
	}
}

// TestChanges holds the law: a request that becomes another one while its reviews are read is
// no evidence.
func TestChanges(t *testing.T) {
	for _, kind := range Kinds() {
		file := map[string]string{"gitea": "gitea-squash", "github": "github-approved", "gitlab": "gitlab-approved"}[kind]
		tape, err := forgetest.ReadTape("testdata/evidence/"+file+".json", secret)
		if err != nil {
			t.Fatal(err)
		}
		changes := 0
		for at, whole := range tape.Answers {
			for _, field := range fields(whole.Body, "") {
				if word := field[strings.LastIndex(field, "/")+1:]; !strings.Contains(at, "pull") && !strings.HasSuffix(at, "/12") || word != "sha" && word != "ref" && word != "target_branch" {
					continue
				}
				asked := 0
				srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					now := *tape
					if strings.TrimPrefix(r.URL.RequestURI(), "/api") == at {
						if asked++; asked == 2 {
							now.Answers = maps.Clone(tape.Answers)
							now.Answers[at] = forgetest.Answer{Status: 200, Body: changed(whole.Body, field, strings.Repeat("d", 40))}
						}
					}
					now.ServeHTTP(w, r)
				}))
				f, err := Open(kind, srv.URL+"/api", "group/net", secret)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := f.Request(t.Context(), tape.Commit); err == nil || asked != 2 {
					t.Errorf("%s: %s of %s became another one: %v", kind, field, at, err)
				}
				changes++
				srv.Close()
			}
		}
		if changes < 2 {
			t.Errorf("%s: %d changes", kind, changes)
		}
	}
}

// TestTeamChanges holds the law: a team of GitHub, whose members are told by name, is the same one
// before and after they are read.
func TestTeamChanges(t *testing.T) {
	for _, field := range []string{"/id", "/organization/id"} {
		tape, err := forgetest.ReadTape("testdata/evidence/github-a-member-approves.json", secret)
		if err != nil {
			t.Fatal(err)
		}
		asked := 0
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			now, at := *tape, strings.TrimPrefix(r.URL.RequestURI(), "/api")
			if strings.HasSuffix(at, "/teams/ops") {
				if asked++; asked == 2 {
					now.Answers = maps.Clone(tape.Answers)
					now.Answers[at] = forgetest.Answer{Status: 200, Body: changed(tape.Answers[at].Body, field, 99)}
				}
			}
			now.ServeHTTP(w, r)
		}))
		defer srv.Close()
		f, err := Open("github", srv.URL+"/api", "group/net", secret)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := told(t, tape, f); err == nil || asked != 2 {
			t.Errorf("%s became another one: %v", field, err)
		}
	}
}

// TestTeamNamed holds the law: a team that the forge knows by another name than policy, or not at
// all, is an error that says what to do, and what the token needs.
func TestTeamNamed(t *testing.T) {
	for file, at := range map[string][2]string{
		"github-a-member-approves": {"/orgs/group/teams/ops", "/slug"},
		"gitlab-a-member-approves": {"/groups/group%2Fnet-ops?with_projects=false", "/full_path"},
		"gitea-team-member":        {"/teams/17", "/name"},
	} {
		tape, f := play(t, "testdata/evidence/"+file+".json")
		at[0] = strings.Replace(at[0], "/teams/17", fmt.Sprint("/teams/", tape.Number), 1)
		for want, spoil := range map[string]func(forgetest.Answer) forgetest.Answer{
			"another name": func(a forgetest.Answer) forgetest.Answer { a.Body = changed(a.Body, at[1], "x"); return a },
			"it needs":     func(forgetest.Answer) forgetest.Answer { return forgetest.Answer{Status: 404} },
			"it needs ":    func(forgetest.Answer) forgetest.Answer { return forgetest.Answer{Status: 403} },
		} {
			whole, known := tape.Answers[at[0]]
			if !known {
				t.Fatalf("%s: nobody answers %s", file, at[0])
			}
			tape.Answers[at[0]] = spoil(whole)
			_, err := told(t, tape, f)
			if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "who is in team "+tape.Team) {
				t.Errorf("%s: %v", file, err)
			}
			tape.Answers[at[0]] = whole
		}
	}
}

// fields gives the path of every field of a value.
func fields(v any, at string) (out []string) {
	switch v := v.(type) {
	case map[string]any:
		for k, one := range v {
			out = append(append(out, at+"/"+k), fields(one, at+"/"+k)...)
		}
	case []any:
		for i, one := range v {
			out = append(out, fields(one, fmt.Sprintf("%s/%d", at, i))...)
		}
	}
	slices.Sort(out)
	return out
}

// changed is a value with another one at a path; nil takes it out.
func changed(v any, path string, to any) any {
	key, rest, deeper := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	switch v := v.(type) {
	case map[string]any:
		v = maps.Clone(v)
		switch {
		case deeper:
			v[key] = changed(v[key], rest, to)
		case to == nil:
			delete(v, key)
		default:
			v[key] = to
		}
		return v
	case []any:
		v = slices.Clone(v)
		i, _ := strconv.Atoi(key)
		v[i] = changed(v[i], rest, to)
		return v
	}
	return v
}
