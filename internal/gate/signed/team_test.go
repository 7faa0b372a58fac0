package signed

import (
	"slices"
	"strings"
	"testing"

	"plumbline/internal/diag"
	"plumbline/internal/gate"
	"plumbline/internal/repo"
)

// teamText is policy where a team of the forge approves.
var teamText = strings.Replace(forgeText, "{name: ops, people: [ann, bob]}", "{name: ops, team: acme/ops, number: 17}", 1)

// teamScene is reviewScene under teamText, with Bob in the team.
func teamScene(t *testing.T) (*scene, fake) {
	t.Helper()
	if teamText == forgeText {
		t.Fatal("policy names no team")
	}
	s, f := sceneOf(t, teamText)
	f.asked = new([]gate.Account)
	f.teams = map[gate.Team]gate.Members{"acme/ops": {Number: 17, Owner: "5", Home: "5", In: []gate.Member{{Account: 2}}}}
	return s, f
}

// TestTeamAsked holds the law: the forge is asked when a push is judged, about who would count and
// nobody else; what it says then is what counts, and what cannot be asked is a refusal.
func TestTeamAsked(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(s *scene, f *fake, q *gate.Request)
		want  string
		asked int
	}{
		"in it":     {func(*scene, *fake, *gate.Request) {}, "", 1},
		"not in it": {func(_ *scene, f *fake, _ *gate.Request) { f.teams = nil }, "gate/other-team", 1},
		"out of it now": {func(_ *scene, f *fake, _ *gate.Request) {
			m := f.teams["acme/ops"]
			m.In = nil
			f.teams["acme/ops"] = m
		}, "gate/not-in-team", 1},
		"nobody approved":       {func(_ *scene, _ *fake, q *gate.Request) { q.Reviews = nil }, "gate/no-approval", 0},
		"who wrote it":          {func(_ *scene, _ *fake, q *gate.Request) { q.Author = 2 }, "gate/self-approval", 0},
		"one that policy lacks": {func(_ *scene, _ *fake, q *gate.Request) { q.Reviews[0].By.ID = 99 }, "gate/no-approval", 0},
	} {
		t.Run(name, func(t *testing.T) {
			s, f := teamScene(t)
			c.spoil(s, &f, f.end(s.head, s.squash(s.head)))
			d, err := StorePlan(s.r, s.plan)
			if err != nil {
				t.Fatal(err)
			}
			_, _, ds, err := Admit(t.Context(), s.r, "main", d, noon, f)
			if err != nil || ds.Failed() != (c.want != "") || c.want != "" && !slices.ContainsFunc(ds, func(d diag.Diag) bool { return d.Rule == c.want }) {
				t.Errorf("want %q, have %v %v", c.want, ds, err)
			}
			if len(*f.asked) != c.asked {
				t.Errorf("asked about %v", *f.asked)
			}
		})
	}
}

// TestTeamKept holds the law: who was in a team when a push was judged is kept with what else the
// forge answered, and judged again from there.
func TestTeamKept(t *testing.T) {
	s, f := teamScene(t)
	tip := s.merge(s.head)
	f.end(s.head, tip)
	d, err := StorePlan(s.r, s.plan)
	if err != nil {
		t.Fatal(err)
	}
	_, e, ds, err := Admit(t.Context(), s.r, "main", d, noon, f)
	if err != nil || ds.Failed() {
		t.Fatal(ds, err)
	}
	again := func(of gate.Evidence) (gate.Evidence, gate.Policy, error) {
		if err := Attest(s.r, s.keys["ledger"], repoID, d, of); err != nil {
			t.Fatal(err)
		}
		entry := repo.Entry{Seq: 1, Commit: tip, Plan: d}
		past, pol, err := Past(s.r, []repo.Entry{entry}, entry, nil)
		if err != nil {
			return past, pol, err
		}
		_, ds := gate.Judge(past, pol, s.plan)
		return past, pol, ds.Err()
	}
	past, pol, err := again(e)
	if err != nil {
		t.Fatal(err)
	}
	if told := strings.Join(past.Told(pol), ""); told != "gitea told of team acme/ops (number 17) that bob@example.net is in" {
		t.Errorf("told: %q", told)
	}
	if len(*f.asked) != 1 {
		t.Errorf("the forge was asked again: %v", *f.asked)
	}
	for name, spoil := range map[string]func(*gate.Members){
		"nobody in": func(m *gate.Members) { m.In = nil },
		"anew":      func(m *gate.Members) { m.Number = 18 },
		"unasked":   func(m *gate.Members) { m.Asked = nil },
	} {
		other := e
		other.Landings = slices.Clone(e.Landings)
		q := *e.Landings[0].Request
		q.Teams = slices.Clone(q.Teams)
		spoil(&q.Teams[0])
		other.Landings[0].Request = &q
		if _, _, err := again(other); err == nil {
			t.Errorf("%s: verified", name)
		}
	}
	kept, err := s.r.Get("evidence/" + tip)
	if err != nil || !strings.Contains(string(kept), `"teams":[{"team":"acme/ops","number":`) {
		t.Errorf("%s %v", kept, err)
	}
}
