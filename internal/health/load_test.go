package health

import (
	"fmt"
	"testing"
)

// uses is a device that has so much in use.
func uses(of string, percent int) Vitals {
	out := Vitals{}
	out.WithLoad(of, Vital{Up: true, Counts: map[string]int{"used": percent}})
	return out
}

// TestLoad: what is full is not well, and memory that rises much on one device.
func TestLoad(t *testing.T) {
	adds := Expected{Added: []string{"bgp default 192.0.2.1"}}
	untold := Vitals{}
	untold.WithLoad("memory", Vital{})
	for name, c := range map[string]struct {
		was, is   Vitals
		e         Expected
		bad, told string
	}{
		"equal":                {uses("memory", 50), uses("memory", 50), Expected{}, "[]", "[]"},
		"some more":            {uses("memory", 50), uses("memory", 55), Expected{}, "[]", "[]"},
		"more, and told":       {uses("memory", 50), uses("memory", 60), Expected{}, "[]", "[load memory: used was 50 % and is 60 %]"},
		"much more":            {uses("memory", 50), uses("memory", 61), Expected{}, "[load memory: used was 50 % and is 61 %; more than 10 points more are not well]", "[]"},
		"it adds sessions":     {uses("memory", 50), uses("memory", 61), adds, "[]", "[load memory: used was 50 % and is 61 %]"},
		"full":                 {uses("memory", 88), uses("memory", 91), adds, "[load memory: used was 88 % and is 91 %; more than 90 % is not well]", "[]"},
		"full already":         {uses("memory", 91), uses("memory", 93), Expected{}, "[]", "[]"},
		"less":                 {uses("memory", 91), uses("memory", 13), Expected{}, "[]", "[]"},
		"busy":                 {uses("cpu", 5), uses("cpu", 90), Expected{}, "[]", "[load cpu: used was 5 % and is 90 %]"},
		"too busy":             {uses("cpu", 5), uses("cpu", 91), Expected{}, "[load cpu: used was 5 % and is 91 %; more than 90 % is not well]", "[]"},
		"not told any more":    {uses("memory", 5), untold, Expected{}, "[load memory: used was told before and is not any more]", "[]"},
		"not there":            {uses("memory", 5), Vitals{}, Expected{}, "[load memory: used was told before and is not any more]", "[]"},
		"not told before":      {untold, uses("memory", 99), Expected{}, "[]", "[]"},
		"found before already": {uses("memory", 5).Without([]Finding{{Session: "load memory", Count: "used"}}), uses("memory", 99), Expected{}, "[]", "[]"},
	} {
		for _, s := range c.e.Added {
			c.is[s] = Vital{Up: true}
		}
		if bad := fmt.Sprint(Compare(c.was, c.is, c.e)); bad != c.bad {
			t.Errorf("%s: %s, want %s", name, bad, c.bad)
		}
		if told := fmt.Sprint(Notes(c.was, c.is, c.e)); told != c.told {
			t.Errorf("%s: told %s, want %s", name, told, c.told)
		}
	}
	two := uses("cpu", 7)
	for _, n := range []int{9, 3} {
		two.WithLoad("cpu", Vital{Up: true, Counts: map[string]int{"used": n}})
	}
	two.WithLoad("cpu", Vital{})
	if n := two["load cpu"]; !n.Up || n.Counts["used"] != 9 {
		t.Error("of several answers not the most is taken:", n)
	}
}
