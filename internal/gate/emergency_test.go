package gate

import (
	"slices"
	"strings"
	"testing"
	"time"

	"plumbline/internal/diag"
	"plumbline/internal/plan"
)

// TestEmergency holds what an emergency asks for: a reason, and the signatures of two people who
// may change policy, beside all that any plan needs but reviews. Everything else is judged as ever.
func TestEmergency(t *testing.T) {
	urgent := func() (Evidence, Policy, plan.Plan) {
		e, pol, p := good()
		pol.People = append(pol.People, Person{Name: "dan", Signer: "dan@x"})
		pol.Groups[1].People = []string{"eve", "dan"}
		pol.Forge = &Forge{Kind: "gitea", Repository: 1}
		e.Emergency = "r1 drops half of all packets"
		for _, who := range []string{"eve@x", "dan@x"} {
			e.Landings[0].Said = append(e.Landings[0].Said, Verdict{Who: who, Yes: true, Repo: repoID, Head: "c2", Plan: p.Digest(), Until: noon.Add(time.Hour)})
		}
		return e, pol, p
	}
	for name, c := range map[string]struct {
		spoil func(*Evidence, *Policy, *plan.Plan)
		want  string
	}{
		"two decide":           {func(*Evidence, *Policy, *plan.Plan) {}, ""},
		"no emergency":         {func(e *Evidence, _ *Policy, _ *plan.Plan) { e.Emergency = "" }, "gate/no-approval"},
		"one decides":          {func(e *Evidence, _ *Policy, _ *plan.Plan) { e.Landings[0].Said = e.Landings[0].Said[:2] }, "gate/no-approval"},
		"one decides twice":    {func(e *Evidence, _ *Policy, _ *plan.Plan) { e.Landings[0].Said[2] = e.Landings[0].Said[1] }, "gate/no-approval"},
		"one of them wrote it": {func(e *Evidence, _ *Policy, _ *plan.Plan) { e.Landings[0].Hands = []string{"dan@x"} }, "gate/self-approval"},
		"without those of any": {func(e *Evidence, _ *Policy, _ *plan.Plan) { e.Landings[0].Said = e.Landings[0].Said[1:] }, "gate/no-approval"},
		"somebody is against it": {func(e *Evidence, _ *Policy, _ *plan.Plan) {
			e.Landings[0].Said = append(e.Landings[0].Said, Verdict{Who: "ann@x", Yes: false, Repo: repoID, Head: "c2", Plan: "", Until: noon.Add(time.Hour)})
		}, "gate/rejected"},
		"another merge":     {func(e *Evidence, _ *Policy, _ *plan.Plan) { e.Landings[0].Proved = false }, "gate/not-landed"},
		"a blank reason":    {func(e *Evidence, _ *Policy, _ *plan.Plan) { e.Emergency = " " }, "gate/emergency"},
		"a reason of lines": {func(e *Evidence, _ *Policy, _ *plan.Plan) { e.Emergency = "a\nb" }, "gate/emergency"},
		"a long reason":     {func(e *Evidence, _ *Policy, _ *plan.Plan) { e.Emergency = strings.Repeat("a", 201) }, "gate/emergency"},
		"nobody decides":    {func(_ *Evidence, pol *Policy, _ *plan.Plan) { pol.Approvals = pol.Approvals[:1] }, "gate/emergency"},
		"one could decide":  {func(_ *Evidence, pol *Policy, _ *plan.Plan) { pol.Groups[1].People = []string{"eve"} }, "gate/emergency"},
	} {
		t.Run(name, func(t *testing.T) {
			e, pol, p := urgent()
			c.spoil(&e, &pol, &p)
			pass, ds := Judge(e, pol, p)
			if ok := !ds.Failed(); ok != (c.want == "") || ok != (pass.Emergency() != "") {
				t.Fatalf("pass %v: %v", pass, ds)
			}
			if c.want != "" && !slices.ContainsFunc(ds, func(d diag.Diag) bool { return d.Rule == c.want && d.Hint != "" }) {
				t.Errorf("want %s, have %v", c.want, ds)
			}
		})
	}
}
