package health

import (
	"fmt"
	"net/netip"
	"testing"
)

// TestRoutes: what was in a table is in it, but for what a plan may take out of it, which is told.
func TestRoutes(t *testing.T) {
	const all, own = "route red 0.0.0.0/0", "route default 10.0.0.1/32"
	was := Vitals{all: {Up: true}, own: {Up: true}, "route default ::/0": {Up: false}}
	for name, c := range map[string]struct {
		after     Vitals
		e         Expected
		bad, told string
	}{
		"all is there":         {was, Expected{}, "[]", "[]"},
		"one is gone":          {Vitals{all: {Up: true}}, Expected{}, "[" + own + ": was in its table and is not any more]", "[]"},
		"one is not taken":     {Vitals{all: {}, own: {Up: true}}, Expected{}, "[" + all + ": was in its table and is not any more]", "[]"},
		"the plan may take it": {Vitals{own: {Up: true}}, Expected{Freed: Everywhere()}, "[]", "[" + all + ": was in its table and is not any more, which the plan may do]"},
		"and nothing else":     {Vitals{}, Expected{Freed: Everywhere()}, "[" + own + ": was in its table and is not any more]", "[" + all + ": was in its table and is not any more, which the plan may do]"},
	} {
		if bad := fmt.Sprint(Compare(was, c.after, c.e)); bad != c.bad {
			t.Errorf("%s: %s, want %s", name, bad, c.bad)
		}
		if told := fmt.Sprint(Notes(was, c.after, c.e)); told != c.told {
			t.Errorf("%s: told %s, want %s", name, told, c.told)
		}
	}
	v := Vitals{all: {}, own: {}, "route red 10.0.0.1/32": {}, "bgp default 10.0.0.1": {}}
	v.Routes(func(table string, to netip.Prefix) bool { return table == "default" && to.String() == "10.0.0.1/32" })
	if len(v) != 3 {
		t.Error(v)
	}
	if _, there := v["route red 10.0.0.1/32"]; there {
		t.Error("an entry that nobody wants is kept")
	}
}
