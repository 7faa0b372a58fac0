package intent_test

import (
	"slices"
	"testing"

	"plumbline/intent"
	"plumbline/internal/schema"
)

// alike are fields that share a name with one for a whole network or label domain and say
// something else; why stands beside each.
var alike = map[string]string{
	"peering.asn":                "the system of a neighbor",
	"vrf.handoffs.peer.asn":      "the system of a neighbor",
	"exchange.route_servers.asn": "the system of a route server",
	"peering.bfd":                "whether the neighbor agreed to it; the rate is that of the design",
}

// TestOneTruth holds that nothing says for one device or one object what the design says for
// the whole network, or a label domain for all of its routers: no field of another kind, and
// none of the inventory, bears the name of such a field.
func TestOneTruth(t *testing.T) {
	l := schema.Read()
	whole := map[string]bool{}
	for _, kind := range []string{"design", "label_domain"} {
		for _, f := range l.Kinds[kind].Fields {
			whole[f.Name] = !f.Head && f.Name != "routers"
		}
	}
	seen := map[string]bool{}
	var walk func(o *schema.Object, at string)
	walk = func(o *schema.Object, at string) {
		for _, f := range o.Fields {
			where := at + "." + f.Name
			if seen[where] = true; whole[f.Name] && alike[where] == "" {
				t.Errorf("%s: %s is said once for all", where, f.Name)
			}
			if in := f.Type.Scalar().Object; in != nil {
				walk(in, where)
			}
		}
	}
	for _, kind := range intent.Kinds() {
		if !slices.Contains([]string{"design", "label_domain"}, kind) {
			walk(l.Kinds[kind], kind)
		}
	}
	walk(l.Inventory, "inventory")
	for where := range alike {
		if !seen[where] {
			t.Errorf("there is no field %s", where)
		}
	}
}
