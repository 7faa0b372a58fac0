package drift

import (
	"strings"
	"testing"

	"plumbline/drivers"
	"plumbline/internal/plan"
	"plumbline/internal/tree"
	"plumbline/render"
	"plumbline/templates"
)

// What was deployed is read by another reading of the same rules than what is wanted; the
// one line that moved is the one that is told.
func TestTwoReadings(t *testing.T) {
	const text = `protocols {
    bgp {
        group g {
            type external;
            neighbor 192.0.2.1 {
                import a;
                export [ b c ];
                peer-as 64500;
            }
        }
    }
}
routing-options {
    router-id 10.0.0.1;
}
`
	config := func() tree.Config {
		p, ds := render.Read(templates.FS, "junos")
		if ds.Failed() {
			t.Fatal(ds)
		}
		root, _ := tree.Parse(p.Dialect, []byte(text))
		return tree.Config{Device: "r1", Dialect: p.Dialect, Text: []byte(text), Origins: make([]tree.Origin, strings.Count(text, "\n")), Root: root}
	}
	was := config()
	fs := Find([]Device{{Name: "r1", Wanted: config(), Deployed: &was,
		Answer: plan.Answer{Live: drivers.Live{Text: []byte(strings.Replace(text, "10.0.0.1", "192.0.2.99", 1))}}}})
	if len(fs) != 1 || fs[0].Err != nil || len(fs[0].Items) != 1 || !strings.Contains(fs[0].Items[0].Is+fs[0].Items[0].Was, "10.0.0.1") {
		t.Errorf("%+v", fs)
	}
}
