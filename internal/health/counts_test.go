package health

import (
	"fmt"
	"testing"
)

func TestCounts(t *testing.T) {
	const s, far = "bgp default 192.0.2.1", "bgp * 192.0.2.9"
	of := func(c string, n int) Vitals {
		return Vitals{s: {Up: true, Counts: map[string]int{c: n}}}
	}
	none := Vitals{s: {Up: true, Counts: map[string]int{}}}
	plan := func(ms ...Move) Expected { return Expected{Moves: ms} }
	limited := func(was, is int) Expected {
		return Expected{Limits: map[string]Limit{far: {1, 1}, "bgp * 192.0.2.1": {was, is}}}
	}
	for name, c := range map[string]struct {
		before, after Vitals
		e             Expected
		bad, told     string
	}{
		"equal":                 {of("received", 100), of("received", 100), plan(), "[]", "[]"},
		"five of hundred less":  {of("received", 100), of("received", 95), plan(), "[]", "[]"},
		"six of hundred less":   {of("received", 100), of("received", 94), plan(), "[" + s + ": received was 100 and is 94; less than 95 is not well]", "[]"},
		"a fifth more":          {of("received", 100), of("received", 120), plan(), "[]", "[]"},
		"more than that":        {of("received ipv4", 100), of("received ipv4", 121), plan(), "[" + s + ": received ipv4 was 100 and is 121; more than 120 is not well]", "[]"},
		"one of few":            {of("accepted", 3), of("accepted", 2), plan(), "[" + s + ": accepted was 3 and is 2; less than 3 is not well]", "[]"},
		"one more than one":     {of("received", 1), of("received", 2), plan(), "[]", "[]"},
		"the first ones":        {of("received", 0), of("received", 800), plan(), "[]", "[" + s + ": received was 0 and is 800]"},
		"a leak":                {of("advertised", 0), of("advertised", 800), plan(), "[" + s + ": advertised was 0 and is 800; more than 0 is not well]", "[]"},
		"it is moved":           {of("received", 100), of("received", 7), plan(Move{Less: -1}), "[]", "[" + s + ": received was 100 and is 7]"},
		"it is moved up":        {of("received", 100), of("received", 700), plan(Move{More: -1}), "[]", "[" + s + ": received was 100 and is 700]"},
		"moved up, goes down":   {of("received", 100), of("received", 7), plan(Move{More: -1}), "[" + s + ": received was 100 and is 7; less than 95 is not well]", "[]"},
		"moved to nothing":      {of("received", 100), of("received", 0), plan(Move{Less: -1}), "[" + s + ": received was 100 and is 0; less than 1 is not well]", "[]"},
		"the last goes":         {of("received", 100), of("received", 0), plan(Move{Less: -1, Last: true}), "[]", "[" + s + ": received was 100 and is 0]"},
		"one comes":             {of("advertised", 0), of("advertised", 1), plan(Move{More: 1}), "[]", "[" + s + ": advertised was 0 and is 1]"},
		"one comes, two":        {of("advertised", 0), of("advertised", 2), plan(Move{More: 1}), "[" + s + ": advertised was 0 and is 2; more than 1 is not well]", "[]"},
		"one goes, the last":    {of("advertised", 1), of("advertised", 0), plan(Move{Less: 1, Last: true}), "[]", "[" + s + ": advertised was 1 and is 0]"},
		"the other way moves":   {of("received", 100), of("received", 7), plan(Move{Of: "advertised", Less: -1}), "[" + s + ": received was 100 and is 7; less than 95 is not well]", "[]"},
		"another session moves": {of("received", 100), of("received", 7), plan(Move{Only: []string{far}, Less: -1}), "[" + s + ": received was 100 and is 7; less than 95 is not well]", "[]"},
		"this one, some table":  {of("received", 100), of("received", 7), plan(Move{Only: []string{"bgp * 192.0.2.1"}, Less: -1}), "[]", "[" + s + ": received was 100 and is 7]"},
		"all but this one":      {of("received", 100), of("received", 7), plan(Move{But: []string{s}, Less: -1}), "[" + s + ": received was 100 and is 7; less than 95 is not well]", "[]"},
		"not told any more":     {of("received", 100), none, plan(), "[" + s + ": received was 100 and is not told any more]", "[]"},
		"moved, and not told":   {of("received", 100), none, plan(Move{Less: -1}), "[]", "[" + s + ": received was 100 and is not told any more]"},
		"nothing is told":       {none, none, plan(), "[]", "[" + s + ": its device does not say how many routes go over it]"},
		"of a platform without": {Vitals{s: {Up: true}}, Vitals{s: {Up: true}}, plan(), "[]", "[]"},
		"room is left":          {of("received", 70), of("received", 80), limited(0, 100), "[]", "[]"},
		"little room is left":   {of("received", 70), of("received", 81), limited(100, 100), "[" + s + ": received is 81, and its limit leaves less than a fifth above that]", "[]"},
		"the limit is lowered":  {of("received", 81), of("received", 81), limited(200, 100), "[" + s + ": received is 81, and its limit leaves less than a fifth above that]", "[]"},
		"little room was left":  {of("received", 81), of("received", 82), limited(100, 100), "[]", "[]"},
		"the limit goes":        {of("received", 81), of("received", 82), limited(100, 0), "[]", "[]"},
		"what is told has none": {of("advertised", 70), of("advertised", 81), limited(100, 100), "[]", "[]"},
		"it went down":          {of("received", 100), Vitals{s: {}}, plan(), "[" + s + ": was up and is down]", "[]"},
		"it is taken away":      {of("received", 100), Vitals{}, Expected{Removed: []string{s}}, "[]", "[]"},
		"it was down":           {Vitals{s: {Counts: map[string]int{"received": 9}}}, of("received", 0), plan(), "[]", "[]"},
	} {
		if bad := fmt.Sprint(Compare(c.before, c.after, c.e)); bad != c.bad {
			t.Errorf("%s: %s, want %s", name, bad, c.bad)
		}
		if told := fmt.Sprint(Notes(c.before, c.after, c.e)); told != c.told {
			t.Errorf("%s: told %s, want %s", name, told, c.told)
		}
	}
}

// TestWithout: what was found is not judged again; of a count, all else of its session is.
func TestWithout(t *testing.T) {
	v := Vitals{"a": {Up: true, Counts: map[string]int{"received": 1, "advertised": 2}}, "b": {Up: true}}
	have := v.Without([]Finding{{Session: "a", Count: "received"}, {Session: "b"}, {Session: "c", Count: "received"}})
	if fmt.Sprint(have) != "map[a:{true map[advertised:2] <nil>}]" || len(v) != 2 || len(v["a"].Counts) != 2 {
		t.Error(have, v)
	}
}
