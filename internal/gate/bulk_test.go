package gate

import (
	"fmt"
	"slices"
	"testing"
	"testing/fstest"

	"plumbline/internal/diag"
	"plumbline/internal/plan"
)

// TestBulk holds that a plan which reaches far is pushed only where its own request says how far,
// and that policy can ask more people of it.
func TestBulk(t *testing.T) {
	for name, c := range map[string]struct {
		bulk    Size
		all     int
		changes int
		expects int
		paths   []string
		want    string
	}{
		"nobody asks":                {bulk: "", all: 10, changes: 9},
		"within a share":             {bulk: "30%", all: 10, changes: 3},
		"beyond a share":             {bulk: "30%", all: 10, changes: 4, want: "gate/bulk"},
		"beyond a share, said":       {bulk: "30%", all: 10, changes: 4, expects: 4, paths: []string{BulkFile}},
		"said by the request before": {bulk: "30%", all: 10, changes: 4, expects: 4, want: "gate/bulk"},
		"another count":              {bulk: "30%", all: 10, changes: 4, expects: 5, paths: []string{BulkFile}, want: "gate/bulk"},
		"a file that says nothing":   {bulk: "30%", all: 10, changes: 4, paths: []string{BulkFile}, want: "gate/bulk"},
		"a share of nobody knows":    {bulk: "30%", changes: 1, expects: 1, paths: []string{BulkFile}, want: "gate/bulk"},
		"within a number":            {bulk: "4", changes: 4},
		"beyond a number":            {bulk: "4", changes: 5, want: "gate/bulk"},
		"what cannot be read":        {bulk: "x", all: 10, changes: 1, want: "gate/bulk"},
	} {
		e, pol, p := good()
		pol.Approvals[1] = Need{Class: "policy", Min: 1, From: []string{"ops"}}
		pol.Bulk, e.Devices = c.bulk, c.all
		for i := range c.changes - 1 {
			p.Changes = append(p.Changes, plan.Change{Device: fmt.Sprint("s", i), Have: "a", Want: "b"})
		}
		e.Landings[0].Said[0].Plan, e.Landings[0].Expects = p.Digest(), c.expects
		e.Landings[0].Paths = append(e.Landings[0].Paths, c.paths...)
		_, ds := Judge(e, pol, p)
		if ds.Failed() != (c.want != "") || c.want != "" && !slices.ContainsFunc(ds, func(d diag.Diag) bool { return d.Rule == c.want && d.Hint != "" }) {
			t.Errorf("%s: want %q, have %v", name, c.want, ds)
		}
		if c.changes < 4 || c.bulk == "" || c.want != "" || len(c.paths) == 0 {
			continue
		}
		pol.Approvals = append(pol.Approvals, Need{Class: "bulk", Min: 2, From: []string{"ops"}})
		if _, ds := Judge(e, pol, p); !ds.Failed() {
			t.Errorf("%s: policy asks two people of class bulk, and one is enough", name)
		}
	}
	for text, want := range map[string]int{"devices: 7\nreason: new resolvers\n": 7, "devices: 7\n": 0, "devices: many\nreason: x\n": 0, "devices: 7\nreason: x\nmore: 1\n": 0} {
		x, ds := ReadExpected(fstest.MapFS{BulkFile: {Data: []byte(text)}})
		if ds.Failed() != (want == 0) || want > 0 && x.Devices != want {
			t.Errorf("%q: %+v %v", text, x, ds)
		}
	}
}
