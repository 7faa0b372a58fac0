package pipeline_test

import (
	"slices"
	"testing"

	"plumbline/drivers"
	"plumbline/internal/pipeline"
	"plumbline/internal/plan"
)

// TestDoors holds that a change of the port by which a device is managed is of the risk lifeline,
// and no other one is: by facts where something was pushed before, else by what asks for a line.
func TestDoors(t *testing.T) {
	const link, inventory = "intent/link/ams-edge.yaml", "inventory.yaml"
	inBand := []string{inventory, "address: 10.255.0.13", "address: 10.0.8.2"} // edge1-ams, at its end of the link
	for name, c := range map[string]struct {
		edits []string
		risk  bool
	}{
		"another subnet":             {append(slices.Clone(inBand), link, "10.0.8.2/31", "10.0.8.12/31", link, "10.0.8.3/31", "10.0.8.13/31"), true},
		"another cost":               {append(slices.Clone(inBand), link, "cost: 100", "cost: 200"), false},
		"what is said of it":         {append(slices.Clone(inBand), link, "cost: 100", "cost: 100\nlabel: circuit 12"), false},
		"managed in no intent's way": {[]string{link, "10.0.8.2/31", "10.0.8.12/31", link, "10.0.8.3/31", "10.0.8.13/31"}, false},
	} {
		var was *pipeline.Build
		if len(c.edits) > 6 || c.edits[0] == inventory {
			was = compiledOn(t, "frr", "two-site", inBand...)
		} else {
			was = compiledOn(t, "frr", "two-site")
		}
		p, _, _ := planned(t, was, compiledOn(t, "frr", "two-site", c.edits...))
		x, changes := p.Change("edge1-ams")
		if !changes || slices.Contains(x.Risks, plan.Lifeline) != c.risk {
			t.Errorf("%s: %v, risks %v", name, changes, x.Risks)
		}
	}
	is := compiledOn(t, "frr", "two-site", inBand...)
	first := func(live string) plan.Change {
		p, ds := is.Plan(plan.Header{}, pipeline.Hold{}, []string{"edge1-ams"}, []plan.Answer{{Live: drivers.Live{Text: []byte(live)}}}, pipeline.Past{}, nil)
		if len(p.Changes) != 1 {
			t.Fatal(ds)
		}
		return p.Changes[0]
	}
	config, _ := is.Config("edge1-ams")
	if c := first("hostname r\n"); !slices.Contains(c.Risks, plan.Lifeline) {
		t.Errorf("at a first contact: risks %v", c.Risks)
	}
	less := string(config.Text)
	less = less[:len(less)-len(lastBlock(less))]
	if c := first(less); slices.Contains(c.Risks, plan.Lifeline) {
		t.Errorf("at a first contact, with the port as it is: risks %v\n%s", c.Risks, c.Do)
	}
}

// lastBlock is what stands last in a text of FRR: a block that is no port.
func lastBlock(text string) string {
	lines := []byte(text)
	for i := len(lines) - 2; i > 0; i-- {
		if lines[i] == '\n' && lines[i+1] != ' ' && string(lines[i+1:i+5]) != "exit" {
			return text[i+1:]
		}
	}
	return ""
}
