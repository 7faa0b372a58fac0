package pipeline

import (
	"bytes"
	"cmp"
	"maps"
	"net/netip"
	"slices"
	"time"

	"plumbline/drivers"
	"plumbline/internal/diag"
	"plumbline/internal/network"
	"plumbline/internal/plan"
	"plumbline/internal/tree"
	"plumbline/render"
)

// Past is what was before a plan: what was last pushed to each device, without those that
// nothing was ever pushed to.
type Past struct {
	Configs map[string]tree.Config
	Devices map[string]*network.Device // the facts behind them
}

// Hold is how many seconds a device waits until it undoes a change by itself; 0: a default.
type Hold struct {
	Usual int
	Long  int // where others learn of the change
}

// Plan makes the plan from what each device answered to what is wanted of it. hold is how
// many seconds a device waits until it undoes by itself. like is an approved plan, whose waves,
// stages and timers are taken; nil for a new one.
func (b *Build) Plan(h plan.Header, hold Hold, devices []string, answers []plan.Answer, past Past, like *plan.Plan) (plan.Plan, diag.List) {
	var in []plan.Input
	if b.IsBack() { // facts tell nothing of what is to be there
		past = Past{}
	}
	apart, pairs := b.network.LastPaths(), paired(past, b.network)
	stages, ds := b.staged(devices, past, pairs, like)
	if ds.Failed() {
		return plan.Plan{Header: h}, ds
	}
	for i, name := range devices {
		c, _ := b.Config(name)
		d := b.Device(name)
		p := b.On(d)
		trial := func(seconds int) int {
			return int(p.Session.Commit.Trial(time.Duration(seconds)*time.Second) / time.Second)
		}
		one := plan.Input{
			Device: name, Platform: d.Platform, Endpoint: d.Endpoint().String(), Pins: Pins(d),
			Want: c, Answer: answers[i], Spoken: p.Session.Paths != drivers.Paths{}, Style: p.Style, Group: d.Group, Apart: apart[name],
			Hold: trial(cmp.Or(hold.Usual, plan.DefaultHold)), LongHold: trial(cmp.Or(hold.Long, hold.Usual, plan.DefaultHold)),
			Secrets: b.secrets, Blind: b.blind, Key: b.key, Stage: stages[name].last, Via: stages[name].via, Waves: given(like, name), Pairs: pairs[name],
		}
		if like != nil {
			if c, ok := like.Change(name); ok {
				one.Hold, one.LongHold = trial(c.Hold), trial(c.Hold)
			}
		}
		if was, ok := past.Configs[name]; ok {
			one.Deployed = was.Text
		}
		if was, ok := past.Configs[name]; !ok || !bytes.Equal(was.Text, c.Text) {
			one.Told = network.Told(past.Devices[name], b.network.Device(name))
		}
		one.Closes = network.Closes(past.Devices[name], b.network.Device(name))
		if past.Devices[name] == nil {
			one.Doors = doors(b.network.Device(name))
		}
		if s, is := b.sealed[name]; is {
			one.Sealed = &s
		}
		if x := d.ExperimentalPush; x != nil {
			one.Experiment = plan.Experiment{Owner: x.Owner, Until: x.Until}
		}
		in = append(in, one)
	}
	return plan.Make(h, in)
}

// doors gives what asks for the ports by which a device is managed.
func doors(d *network.Device) (out []diag.Pos) {
	for _, p := range d.Door() {
		out = append(out, p.From)
		for _, a := range p.Addrs {
			out = append(out, a.From)
		}
	}
	return out
}

// paired gives what devices share and what changes at both ends, by the first of the two.
func paired(past Past, is *network.Network) map[string][]plan.Pair {
	out := map[string][]plan.Pair{}
	for _, p := range network.Pairs(past.Devices, is) {
		out[p.A] = append(out[p.A], plan.Pair{With: p.B, What: p.What, At: p.AtA, There: p.AtB, Secret: p.Secret})
	}
	return out
}

// given are the waves of a device in an approved plan, by stage.
func given(like *plan.Plan, device string) map[string]int {
	if like == nil {
		return nil
	}
	out := map[string]int{}
	if c, ok := like.Change(device); ok {
		for _, s := range c.Steps() {
			out[s.Stage] = s.Wave
		}
	}
	return out
}

// stages are those of a device: what it holds after each but the last, and the last one.
type stages struct {
	via  []plan.Via
	last string
}

// staged gives the stages of each device; nil where the plan goes at once. An approved plan goes
// as it was approved. First comes all that comes; then what devices share gets its new value, on
// those that share some; then goes what goes.
func (b *Build) staged(devices []string, past Past, pairs map[string][]plan.Pair, like *plan.Plan) (map[string]stages, diag.List) {
	if like != nil && !like.Staged() || like == nil && !b.moves(devices, past) {
		return nil, nil
	}
	shares := map[string]bool{}
	for name, ps := range pairs {
		for _, p := range ps {
			if p.Secret == "" {
				shares[name], shares[p.With] = true, true
			}
		}
	}
	var comes, turns network.Network // after all that comes, with values as they were; and with all new ones
	loses := map[string]bool{}
	for _, name := range devices {
		was, is := past.Devices[name], b.network.Device(name)
		if was == nil || is == nil {
			continue
		}
		if shares[name] && was.Platform == is.Platform {
			comes.Devices = append(comes.Devices, network.Union(is, was))
		}
		if loses[name] = len(network.Lost(was, is)) > 0; loses[name] {
			turns.Devices = append(turns.Devices, network.Union(was, is))
		}
	}
	first, ds := b.middle(&comes)
	second, more := b.middle(&turns)
	out := map[string]stages{}
	for _, name := range devices {
		s := stages{last: plan.Adds}
		if c, is := first[name]; is {
			s.via, s.last = append(s.via, plan.Via{Stage: plan.Adds, Config: c}), plan.Turns
		}
		if c, is := second[name]; is {
			s.via, s.last = append(s.via, plan.Via{Stage: s.last, Config: c}), plan.Removes
		}
		out[name] = s
	}
	return out, append(ds, more...)
}

// middle renders what devices hold in the middle of a plan.
func (b *Build) middle(net *network.Network) (map[string]tree.Config, diag.List) {
	configs, ds := render.All(net, b.templates)
	for i := range ds {
		ds[i].Text = "with all that comes, and before anything goes: " + ds[i].Text
		ds[i].Hint = "send what comes and what goes in two requests"
	}
	out := map[string]tree.Config{}
	for _, c := range configs {
		out[c.Device] = c
	}
	return out, ds
}

// moves tells whether something that a device loses comes at another one, or something that
// two devices lose together comes at them too.
func (b *Build) moves(devices []string, past Past) bool {
	lost, gained := map[string][]string{}, map[string][]string{}
	for _, name := range devices {
		was, is := past.Devices[name], b.network.Device(name)
		for _, what := range network.Lost(was, is) {
			lost[what] = append(lost[what], name)
		}
		if was == nil { // it is new: all that it has comes
			was = &network.Device{Name: name, Policy: &network.Policy{}}
		}
		for _, what := range network.Lost(is, was) {
			gained[what] = append(gained[what], name)
		}
	}
	for what, from := range lost {
		if to := gained[what]; len(to) > 0 && len(slices.Compact(slices.Sorted(slices.Values(slices.Concat(from, to))))) > 1 {
			return true
		}
	}
	return false
}

// Enough sees that after each wave of a plan, and in the middle of it, no fewer sites serve
// than a service asks for, or than served before. stand is what every device was last pushed:
// what the plan does not name stays so.
func (b *Build) Enough(p plan.Plan, stand map[string]*network.Device) (ds diag.List) {
	services := b.network.Services()
	last := 0
	for _, c := range p.Changes {
		last = max(last, c.Wave)
	}
	for _, prefix := range slices.SortedFunc(maps.Keys(services), func(a, b netip.Prefix) int { return cmp.Compare(a.String(), b.String()) }) {
		want := services[prefix]
		before := b.serving(p, stand, prefix, 0)
		least := min(want.Least, len(sites(before)))
		for wave := 1; wave <= last; wave++ {
			after := b.serving(p, stand, prefix, wave)
			through := maps.Clone(before) // those of the wave that lose it may be faster than those that gain it
			maps.DeleteFunc(through, func(d, _ string) bool { return after[d] == "" })
			if n := len(sites(through)); n < least {
				ds.Failf(want.From, "plan/min-sites", "in wave %d of the plan %d sites would serve %s, and min_sites is %d", wave, n, prefix, want.Least).
					Hint = "let the site that takes over serve first: plan all devices of the change together, or push it in a request before"
				break
			}
			before = after
		}
	}
	return ds
}

// serving gives the devices that serve a prefix once the waves up to one are kept, with their
// sites.
func (b *Build) serving(p plan.Plan, stand map[string]*network.Device, prefix netip.Prefix, wave int) map[string]string {
	out := map[string]string{}
	for _, d := range b.network.Devices {
		is := stand[d.Name]
		if c, changes := p.Change(d.Name); changes {
			is = after(c, wave, is, d)
		}
		if is != nil && d.System != nil && is.Serves(prefix) {
			out[d.Name] = d.System.Site
		}
	}
	return out
}

// after gives what a device is when all waves up to one are kept.
func after(c plan.Change, wave int, was, is *network.Device) *network.Device {
	steps := c.Steps()
	done := len(slices.DeleteFunc(slices.Clone(steps), func(s plan.Change) bool { return s.Wave > wave }))
	switch {
	case done == len(steps):
		return is
	case done == 0 || was == nil:
		return was
	case slices.ContainsFunc(steps[done:], func(s plan.Change) bool { return s.Stage == plan.Turns }):
		return network.Union(is, was)
	}
	return network.Union(was, is)
}

func sites(of map[string]string) []string {
	return slices.Compact(slices.Sorted(maps.Values(of)))
}
