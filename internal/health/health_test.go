package health

import (
	"fmt"
	"testing"
)

func TestJoin(t *testing.T) {
	if b := (Vitals{"b": {Up: true}}); Join(b, nil) != nil || len(Join(b, Vitals{"o": {Up: false}})) != 2 {
		t.Error("join")
	}
}

func TestCompare(t *testing.T) {
	for name, c := range map[string]struct {
		before, after Vitals
		e             Expected
		want          string
	}{
		"equal":             {Vitals{"a": {Up: true}, "b": {Up: false}}, Vitals{"a": {Up: true}, "b": {Up: false}}, Expected{}, "[]"},
		"down":              {Vitals{"a": {Up: true}}, Vitals{"a": {Up: false}}, Expected{}, "[a: was up and is down]"},
		"vanished":          {Vitals{"a": {Up: true}}, Vitals{}, Expected{}, "[a: was up and is not there any more]"},
		"removed":           {Vitals{"a": {Up: true}}, Vitals{}, Expected{Removed: []string{"a"}}, "[]"},
		"let go, and gone":  {Vitals{"a": {Up: true}}, Vitals{}, Expected{Freed: []string{"a"}}, "[]"},
		"let go, and down":  {Vitals{"a": {Up: true}}, Vitals{"a": {Up: false}}, Expected{Freed: []string{"a"}}, "[]"},
		"let go, and still": {Vitals{"a": {Up: true}}, Vitals{"a": {Up: true}}, Expected{Freed: []string{"a"}}, "[]"},
		"not removed":       {Vitals{"a": {Up: true}}, Vitals{"a": {Up: true}}, Expected{Removed: []string{"a"}}, "[a: is still up, and the change takes it away]"},
		"added, not up":     {Vitals{}, Vitals{"a": {Up: false}}, Expected{Added: []string{"a"}}, "[]"},
		"added, not seen":   {Vitals{}, Vitals{}, Expected{Added: []string{"a"}}, "[a: was to be added and is not there]"},
		"of some table":     {Vitals{"bgp * a": {Up: true}}, Vitals{}, Expected{Removed: []string{"bgp red a"}}, "[]"},
		"of another table":  {Vitals{"bgp blue a": {Up: true}}, Vitals{}, Expected{Removed: []string{"bgp red a"}}, "[bgp blue a: was up and is not there any more]"},
		"added to some":     {Vitals{}, Vitals{"bgp * a": {Up: false}}, Expected{Added: []string{"bgp red a"}}, "[]"},
		"freed, some table": {Vitals{"bgp * a": {Up: true}}, Vitals{}, Expected{Freed: []string{"bgp red a"}}, "[]"},
		"a unit of a port":  {Vitals{"ospf6 10.0.0.4 et-0/0/2.0": {Up: true}}, Vitals{}, Expected{Removed: []string{"ospf * et-0/0/2"}}, "[]"},
		"another unit":      {Vitals{"ospf 10.0.0.4 et-0/0/2.20": {Up: true}}, Vitals{}, Expected{Removed: []string{"ospf * et-0/0/2"}}, "[ospf 10.0.0.4 et-0/0/2.20: was up and is not there any more]"},
		"a short name":      {Vitals{"ospf 10.0.0.4 Eth1/1": {Up: true}, "isis b Po7": {Up: true}}, Vitals{}, Expected{Removed: []string{"ospf * Ethernet1/1", "ospf * port-channel7"}}, "[]"},
		"of another port":   {Vitals{"ospf 10.0.0.4 Eth1/11": {Up: true}}, Vitals{}, Expected{Removed: []string{"ospf * Ethernet1/1"}}, "[ospf 10.0.0.4 Eth1/11: was up and is not there any more]"},
		"of another kind":   {Vitals{"ospf 10.0.0.4 Po1": {Up: true}, "isis b xe-0/0/1": {Up: true}}, Vitals{}, Expected{Removed: []string{"ospf * Ethernet1", "ospf * xe-0/0/11", "ospf * e1"}}, "[isis b xe-0/0/1: was up and is not there any more ospf 10.0.0.4 Po1: was up and is not there any more]"},
		"unknown":           {Vitals{}, nil, Expected{}, "[health: it could not be read, and unknown is not well]"},
	} {
		if have := fmt.Sprint(Compare(c.before, c.after, c.e)); have != c.want {
			t.Errorf("%s: %s", name, have)
		}
	}
}
