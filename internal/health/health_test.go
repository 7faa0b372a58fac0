package health

import (
	"fmt"
	"maps"
	"testing"
)

const bgp = `{"default":{"vrfId":0,"vrfName":"default",
 "ipv4Unicast":{"routerId":"1.1.1.1","as":64496,"peers":{"192.0.2.1":{"remoteAs":64500,"state":"Established"},"192.0.2.9":{"state":"Active"}}},
 "ipv6Unicast":{"peers":{"2001:db8::1":{"state":"Established"},"192.0.2.1":{"state":"Established"}}}}}`

func TestRead(t *testing.T) {
	b, err := BGP([]byte(bgp))
	if want := (Vitals{"bgp default 192.0.2.1": true, "bgp default 192.0.2.9": false, "bgp default 2001:db8::1": true}); err != nil || !maps.Equal(b, want) {
		t.Errorf("%v %v", b, err)
	}
	o, err := OSPF([]byte(`{"neighbors":{"10.0.0.2":[{"nbrState":"Full/DR","ifaceName":"eth0:10.1.0.1"}],"10.0.0.3":[{"nbrState":"Init/DROther","ifaceName":"eth1"}],"10.0.0.4":[{"nbrState":"2-Way/DROther","ifaceName":"eth0"}]}}`))
	if want := (Vitals{"ospf 10.0.0.2 eth0:10.1.0.1": true, "ospf 10.0.0.3 eth1": false, "ospf 10.0.0.4 eth0": true}); err != nil || !maps.Equal(o, want) {
		t.Errorf("%v %v", o, err)
	}
	for _, bad := range []string{"", "% Unknown command", `[]`, `{"default":7}`, `{"default":{"ipv4Unicast":{"peers":{"192.0.2.1":{}}}}}`} {
		if v, err := BGP([]byte(bad)); err == nil {
			t.Errorf("%q was taken for %v", bad, v)
		}
	}
	if v, err := OSPF([]byte(`{"neighbors":{"10.0.0.2":[{"ifaceName":"eth0"}]}}`)); err == nil {
		t.Errorf("a neighbour without state was taken for %v", v)
	}
	if Join(b, nil) != nil || len(Join(b, o)) != 6 {
		t.Error("join")
	}
}

func TestCompare(t *testing.T) {
	for name, c := range map[string]struct {
		before, after Vitals
		e             Expected
		want          string
	}{
		"equal":           {Vitals{"a": true, "b": false}, Vitals{"a": true, "b": false}, Expected{}, "[]"},
		"down":            {Vitals{"a": true}, Vitals{"a": false}, Expected{}, "[a: was up and is down]"},
		"vanished":        {Vitals{"a": true}, Vitals{}, Expected{}, "[a: was up and is not there any more]"},
		"removed":         {Vitals{"a": true}, Vitals{}, Expected{Removed: []string{"a"}}, "[]"},
		"not removed":     {Vitals{"a": true}, Vitals{"a": true}, Expected{Removed: []string{"a"}}, "[a: is still up, and the change takes it away]"},
		"added, not up":   {Vitals{}, Vitals{"a": false}, Expected{Added: []string{"a"}}, "[]"},
		"added, not seen": {Vitals{}, Vitals{}, Expected{Added: []string{"a"}}, "[a: was to be added and is not there]"},
		"unknown":         {Vitals{}, nil, Expected{}, "[health: it could not be read, and unknown is not well]"},
	} {
		if have := fmt.Sprint(Compare(c.before, c.after, c.e)); have != c.want {
			t.Errorf("%s: %s", name, have)
		}
	}
}

func FuzzBGP(f *testing.F) {
	f.Add([]byte(bgp))
	f.Fuzz(func(_ *testing.T, b []byte) { _, _ = BGP(b); _, _ = OSPF(b) })
}
