package plan

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"plumbline/internal/tree"
)

// The risk classes. They come from what a change does, never from how earlier ones went.
const (
	Lifeline    = "lifeline"    // it touches the way in
	Filter      = "filter"      // a filter, or its last use, is taken away
	Propagating = "propagating" // protocols carry it on to others: what is told, and to whom
	NoTimer     = "no-timer"    // the device cannot undo by itself
	Unruled     = "unruled"     // no rule of the platform knows some line
	Over        = "over"        // a line that is not ours gets another value
	Gap         = "gap"         // for a moment a line is missing that is there before and after
	Unproved    = "unproved"    // a rule has less behind it than Proved
)

// The first words of lines that let us in, and of lines that filter.
var (
	waysIn = []string{"username", "line vty", "aaa", "tacacs", "radius", "ip ssh", "ssh", "management", "service ssh", "system login", "crypto key", "ip route vrf mgmt"}
	guards = []string{"ip prefix-list", "ipv6 prefix-list", "ip access-list", "ipv6 access-list", "access-list", "bgp as-path access-list", "bgp community-list", "bgp large-community-list", "route-map"}
	uses   = []string{" prefix-list ", " filter-list ", " route-map ", " distribute-list ", " maximum-prefix "}
	timers = []string{"guard", "session_timer", "confirmed", "revert_timer", "file_timeout", "gnmi_commit", "netconf_confirmed"}
)

// risks gives the classes of a change, in a fixed order.
func risks(c Change, in Input) (rs []string) {
	any := func(holds func(tree.Edit) bool) bool { return slices.ContainsFunc(c.All(), holds) }
	if in.Closes || any(func(e tree.Edit) bool { return e.Lockout || begins(top(e), waysIn) || in.door(e) }) {
		rs = append(rs, Lifeline)
	}
	if any(func(e tree.Edit) bool { return e.Del && unfilters(e) }) {
		rs = append(rs, Filter)
	}
	if len(in.Told) > 0 || in.mends(c.All()) {
		rs = append(rs, Propagating)
	}
	if !slices.Contains(timers, c.Style) {
		rs = append(rs, NoTimer)
	}
	if any(func(e tree.Edit) bool { return e.Unruled }) {
		rs = append(rs, Unruled)
	}
	if any(func(e tree.Edit) bool { return e.Over }) {
		rs = append(rs, Over)
	}
	if any(func(e tree.Edit) bool { return e.Del && e.Why == tree.Split }) {
		rs = append(rs, Gap)
	}
	if any(func(e tree.Edit) bool { return e.Proof < Proved }) {
		if rs = append(rs, Unproved); in.Experiment.Until != "" {
			rs = append(rs, in.Experiment.risk())
		}
	}
	return rs
}

// carried are the templates whose lines protocols carry on.
var carried = []string{"Policy.tmpl", "BGP.tmpl", "EVPN.tmpl", "VRF.tmpl"}

// Propagates tells whether protocols carry a change on to others: it is watched twice as long.
func (c Change) Propagates() bool { return slices.Contains(c.Risks, Propagating) }

// told says what others learn of a change.
func (in Input) told() []string {
	if len(in.Told) == 0 {
		return []string{"propagates: it brings back what others learn from the device"}
	}
	more := ""
	if n := len(in.Told) - 1; n > 0 {
		more = " and " + strconv.Itoa(n) + " more"
	}
	return []string{"propagates: others learn of " + in.Told[0] + more + "; it is watched twice as long"}
}

// mends tells whether a change brings back a line that our last push left on the device, that
// somebody took away since, and that may be carried on: no fact changes then, and what others
// learn does all the same.
func (in Input) mends(es []tree.Edit) bool {
	left := map[string]bool{}
	for line := range strings.Lines(string(in.Deployed)) {
		left[strings.TrimSpace(line)] = true
	}
	lines := strings.Split(string(in.Want.Text), "\n")
	return slices.ContainsFunc(es, func(e tree.Edit) bool {
		n := e.No - 1
		return n >= 0 && n < len(lines) && n < len(in.Want.Origins) && left[strings.TrimSpace(lines[n])] &&
			slices.Contains(carried, path.Base(in.Want.Origins[n].Template.File))
	})
}

// door tells whether a command is of a port by which the device is managed.
func (in Input) door(e tree.Edit) bool {
	n := e.No - 1
	return n >= 0 && n < len(in.Want.Origins) && path.Base(in.Want.Origins[n].Template.File) == "Interfaces.tmpl" && slices.Contains(in.Doors, in.Want.Origins[n].Intent)
}

func top(e tree.Edit) string {
	if len(e.Path) > 0 {
		return e.Path[0]
	}
	return e.Line
}

func unfilters(e tree.Edit) bool {
	return e.Filter || begins(top(e), guards) || slices.ContainsFunc(uses, func(u string) bool { return strings.Contains(e.Line+" ", u) })
}

func begins(line string, heads []string) bool {
	return slices.ContainsFunc(heads, func(h string) bool { return line == h || strings.HasPrefix(line, h+" ") })
}
