package render_test

import (
	"fmt"
	"io/fs"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"plumbline/internal/diag"
	"plumbline/internal/network"
	"plumbline/render"
	"plumbline/templates"
)

// throws is how many random networks each platform is asked for.
func throws(t *testing.T) int {
	t.Helper()
	if s := os.Getenv("PLUMBLINE_NETWORKS"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 {
			t.Fatalf("PLUMBLINE_NETWORKS is %q: want a number of networks", s)
		}
		return n
	}
	if testing.Short() {
		return 30
	}
	return 300
}

// TestRandomNetworks holds that what is found in the text of a platform is what the model
// holds, for networks that nobody wrote. What a platform has no words for is left out of
// them, group by group.
func TestRandomNetworks(t *testing.T) {
	for _, v := range vendors(t) {
		t.Run(v.platform, func(t *testing.T) {
			net := crowd(t, v, throws(t))
			cs, ds := render.All(net, templates.FS)
			if ds.Failed() {
				t.Fatal(ds.Err())
			}
			bad := 0
			for i, d := range net.Devices {
				for _, diff := range v.differ(known(v.found(cs[i]), d), meant(d, v.names)) {
					t.Errorf("%s: %s", d.Name, diff)
					bad++
				}
				if bad > 9 {
					t.FailNow()
				}
			}
			if !testing.Short() { // in few networks some group is not there
				counted(t, v.platform, net)
			}
		})
	}
}

// crowd gives the devices of many random networks, without the groups of facts that the
// platform has no words for; of policies, baselines and filters only what few of them have words for is
// left out first.
// A device is called by its seed.
func crowd(t *testing.T, v vendor, seeds int) *network.Network {
	t.Helper()
	all := new(network.Network)
	for seed := range seeds {
		for _, d := range thrown(uint64(seed), v.names).Devices {
			d.Name, d.Platform = fmt.Sprintf("seed%d-%s", seed, d.Name), v.platform
			eachGroup(d, func(name string, group reflect.Value) {
				if !group.IsNil() {
					group.Elem().FieldByName("From").Set(reflect.ValueOf(diag.Pos{File: d.Name + " " + name, Line: 1, Col: 1}))
				}
			})
			all.Devices = append(all.Devices, d)
		}
	}
	unspeakable := refused(t, all)
	for _, d := range all.Devices {
		if unspeakable[d.Name+" Policy"] {
			small(d.Policy)
		}
		if unspeakable[d.Name+" Baseline"] {
			d.Baseline.SNMP, d.Baseline.NTPKeyID, d.Baseline.NTPKey = nil, 0, ""
			for i := range d.Baseline.Users {
				d.Baseline.Users[i].Write, d.Baseline.Users[i].Key = true, ""
				d.Baseline.Users[i].Password = fmt.Sprintf("secret://local/user%d#password", i)
			}
		}
		if unspeakable[d.Name+" ACL"] {
			d.ACL.SNMP = nil
		}
		if unspeakable[d.Name+" BGP"] {
			for i := range d.BGP.Origins {
				d.BGP.Origins[i].Policy = ""
			}
		}
	}
	unspeakable = refused(t, all)
	for _, d := range all.Devices {
		eachGroup(d, func(name string, group reflect.Value) {
			if unspeakable[d.Name+" "+name] {
				group.SetZero()
			}
		})
		if d.BGP == nil { // what stands on it
			d.EVPN, d.VRF = nil, nil
		}
		if !watches(d) {
			d.BFD = nil
		}
	}
	return all
}

// refused gives the groups of devices that their platform has no words for, as "device group".
func refused(t *testing.T, all *network.Network) map[string]bool {
	t.Helper()
	_, ds := render.All(all, templates.FS)
	onlyWords(t, ds)
	out := map[string]bool{}
	for _, d := range ds {
		out[d.At.File] = out[d.At.File] || d.Severity == diag.Fail
	}
	return out
}

// small takes out of policies what most of them ask and not every platform has words for: large
// communities, sets of next hops, and what the registries say.
func small(p *network.Policy) {
	p.CommunitySets = slices.DeleteFunc(p.CommunitySets, func(s network.CommunitySet) bool { return s.Large || s.Of > 0 })
	for i := range p.Routes {
		for j := range p.Routes[i].Terms {
			t := &p.Routes[i].Terms[j]
			t.Large, t.Strip, t.Mark, t.NextHops, t.Invalid = "", "", "", "", false
		}
	}
}

// counted sees that each group of facts that a platform has words for was there.
func counted(t *testing.T, platform string, net *network.Network) {
	t.Helper()
	count := func(held map[string]int, d *network.Device) {
		eachGroup(d, func(name string, group reflect.Value) {
			if !group.IsNil() {
				held[name]++
			}
		})
	}
	held, made := map[string]int{}, map[string]int{}
	for _, d := range net.Devices {
		count(held, d)
	}
	for seed := range uint64(20) {
		for _, d := range thrown(seed, nil).Devices {
			count(made, d)
		}
	}
	eachGroup(new(network.Device), func(name string, _ reflect.Value) {
		text, err := fs.ReadFile(templates.FS, platform+"/"+name+".tmpl")
		if err != nil {
			t.Fatal(err)
		}
		host := strings.HasPrefix(string(text), "{{/*") && strings.HasSuffix(strings.TrimSpace(string(text)), "*/}}") // it says nothing itself
		if held[name] == 0 && made[name] > 0 && !host && !strings.Contains(string(text), "{{unsaid ") {
			t.Errorf("no network had the group %s", name)
		}
	})
	t.Logf("of %d devices so many had a group: %v", len(net.Devices), held)
}

// eachGroup goes through the groups of facts of a device.
func eachGroup(d *network.Device, f func(name string, group reflect.Value)) {
	v := reflect.ValueOf(d).Elem()
	for i := range v.NumField() {
		if v.Field(i).Kind() == reflect.Pointer {
			f(v.Type().Field(i).Name, v.Field(i))
		}
	}
}
