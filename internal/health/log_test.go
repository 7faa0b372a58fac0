package health

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// logOf reads a log of lines such as "10:00 2 text".
func logOf(t *testing.T, lines ...string) Vitals {
	t.Helper()
	l := Log{Told: "^LOG", Lines: `(?m)^\S+ (?P<level>\d?) (?P<text>.*)$`, But: "^mine"}
	v, err := l.Read("LOG\r\n"+strings.Join(lines, "\n"), func(s string) string { return strings.ReplaceAll(s, " ", "_") })
	if err != nil {
		t.Fatal(err)
	}
	out := Vitals{}
	out.WithLog(v)
	return out
}

// TestLog: a critical line that nobody saw before is not well, whatever became of others.
func TestLog(t *testing.T) {
	const far = "[log: does not reach back to before the change any more: what it said first is not known]"
	many := func(n int, form string) (out []string) {
		for i := range n {
			out = append(out, fmt.Sprintf(form, i))
		}
		return out
	}
	for name, c := range map[string]struct {
		was, is   []string
		bad, told string
	}{
		"nothing new":             {[]string{"1 2 a"}, []string{"1 2 a"}, "[]", "[]"},
		"an empty log":            {nil, nil, "[]", "[]"},
		"a new line":              {[]string{"1 5 x"}, []string{"1 5 x", "2 2 a"}, `[log: a new critical line: "a"]`, "[]"},
		"emergency":               {nil, []string{"2 0 a"}, `[log: a new critical line: "a"]`, "[]"},
		"an error":                {nil, []string{"2 3 a"}, "[]", "[]"},
		"of no level":             {nil, []string{"2  a"}, "[]", "[]"},
		"what a plan provokes":    {nil, []string{"2 2 mine"}, "[]", "[]"},
		"the same once more":      {[]string{"1 2 a"}, []string{"1 2 a", "2 2 a"}, `[log: a new critical line: "a"]`, "[]"},
		"it says it always":       {[]string{"1 2 a", "2 2 a"}, []string{"1 2 a", "2 2 a", "3 2 a"}, "[]", `[log: says again what it said before: "a"]`},
		"twice in one second":     {[]string{"1 2 a"}, []string{"1 2 a", "1 2 a"}, `[log: a new critical line: "a"]`, "[]"},
		"one goes and one comes":  {[]string{"1 2 a", "2 5 x"}, []string{"2 5 x", "3 2 a"}, `[log: a new critical line: "a"]`, "[]"},
		"an old one fell out":     {[]string{"1 2 a", "2 5 x"}, []string{"2 5 x"}, "[]", "[]"},
		"it wrapped":              {[]string{"1 2 a", "2 5 x"}, []string{"3 5 x"}, "[]", far},
		"it wrapped, and":         {[]string{"1 2 a", "2 5 x"}, []string{"3 2 b"}, `[log: a new critical line: "b"]`, far},
		"it was cleared":          {[]string{"1 2 a"}, nil, "[]", far},
		"many":                    {nil, many(5, "1 2 line%d"), `[log: a new critical line: "line0" log: a new critical line: "line1" log: a new critical line: "line2" log: and 2 more new critical lines]`, "[]"},
		"more than are looked at": {many(300, "%d 2 x"), many(300, "%d 2 x"), "[]", "[]"},
		"of somebody else":        {nil, []string{"1 2 \x1b[1m\u202e`<b>`"}, `[log: a new critical line: "\x1b[1m\u202e` + "`<b>`" + `"]`, "[]"},
	} {
		was, is := logOf(t, c.was...), logOf(t, c.is...)
		kept, err := json.Marshal(was) // what the journal keeps
		var again Vitals
		if err = errors.Join(err, json.Unmarshal(kept, &again)); err != nil {
			t.Fatal(err)
		}
		for _, was := range []Vitals{was, again} {
			if bad := fmt.Sprint(Compare(was, is, Expected{Freed: []string{"log"}})); bad != c.bad {
				t.Errorf("%s: %s, want %s", name, bad, c.bad)
			}
			if told := fmt.Sprint(Notes(was, is, Expected{})); told != c.told {
				t.Errorf("%s: told %s, want %s", name, told, c.told)
			}
		}
	}
	long := logOf(t, "1 2 "+strings.Repeat("a", 4000))
	if f := fmt.Sprint(Compare(logOf(t), long, Expected{})); len(f) > 300 {
		t.Error("a long line is told in", len(f))
	}
	untold := Vitals{}
	untold.WithLog(Vital{})
	if f := fmt.Sprint(Compare(logOf(t), untold, Expected{}), Compare(untold, logOf(t, "1 2 a"), Expected{}), untold.Untold()); f != "[log: was shown before and is not any more] [] [log: is not told by the device, and not judged]" {
		t.Error(f)
	}
	was, now := logOf(t, "1 5 x"), logOf(t, "1 5 x", "2 2 a")
	if f := Compare(was.Anew(now), now, Expected{}); len(f) > 0 {
		t.Error("what was said before a way back is held against it:", f)
	}
}
