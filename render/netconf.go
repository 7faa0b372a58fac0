package render

import (
	"cmp"
	"regexp"
	"strings"

	"plumbline/drivers"
	"plumbline/internal/diag"
	"plumbline/internal/strict"
)

// netconf is what platform.yaml says of NETCONF: whole requests, which element of an answer holds
// the configuration as the command line shows it, and how a change is put on trial.
type netconf struct {
	Fetch  string     `yaml:"fetch"`
	Text   string     `yaml:"text"`
	Read   []question `yaml:"read"`
	Needs  []string   `yaml:"needs,optional"`
	Commit *commit    `yaml:"commit,optional"`
}

// overNetconf is the style of changes over NETCONF, whatever that of the command line is, and
// overLines that of a command line which is not the usual way in.
const overNetconf, overLines = "netconf_confirmed", "confirmed"

// By gives a platform as devices of it are spoken to by a driver; "" is the usual one. What changes are
// called on a command line is a matter of that one alone.
func (p Platform) By(driver string) Platform {
	by := cmp.Or(driver, p.Driver)
	if by != "ssh" {
		p.Session.Paths = drivers.Paths{}
	}
	switch {
	case by == "netconf":
		p.Style, p.Session.Commit = overNetconf, p.Session.Netconf.Commit
	case by == "gnmi":
		p.Session.Commit = drivers.Commit{}
	case by == "ssh" && p.Driver != by:
		p.Style = overLines
	}
	return p
}

// facts gives what a reader needs. Its questions are those of the command line, as requests; what
// health asks must be among them. A request is one element, so that it ends where it seems to.
func (n *netconf) facts(p *Platform, src *strict.Source, ds *diag.List) drivers.Netconf {
	if n == nil {
		return drivers.Netconf{}
	}
	out := drivers.Netconf{Fetch: n.Fetch, Text: n.Text, Needs: n.Needs}
	asks(&n.Fetch, src, ds)
	if n.Text == "" || strings.ContainsAny(n.Text, "<> /") {
		ds.Failf(src.At(&n.Text), "platform/netconf", "text is the name of one element, without brackets")
	}
	for i := range n.Read {
		asks(&n.Read[i].Ask, src, ds)
	}
	out.Read = answers(&n.Read, p, src, ds, "platform/netconf", "request")
	if n.Commit != nil {
		out.Commit = n.Commit.facts(src, ds)
		n.writes(src, ds)
	}
	return out
}

// writes holds the requests of a trial together: what looks changes nothing, and what changes
// something must be answered with what is known.
func (n *netconf) writes(src *strict.Source, ds *diag.List) {
	c := n.Commit
	if len(n.Needs) == 0 {
		ds.Failf(src.At(n), "platform/netconf", "whoever writes names in needs what a device must say that it can: candidate, confirmed-commit")
	}
	if c.Startup != nil {
		ds.Failf(src.At(c.Startup), "platform/netconf", "a device that saves what it was given is not in this version over NETCONF: leave startup out")
	}
	for i := range c.Pending.Asks {
		asks(&c.Pending.Asks[i], src, ds)
	}
	if c.Candidate != nil {
		asks(&c.Candidate.Ask, src, ds)
	}
	s := &c.Steps
	for _, group := range [][]step{s.Lock, s.Stage, s.Check, s.Arm, s.Apply, s.Confirm, s.Cancel} {
		for i := range group {
			element(&group[i].Send, src, ds)
			if _, err := regexp.Compile(group[i].Want); err != nil || group[i].Want == "" {
				ds.Failf(src.At(&group[i]), "platform/netconf", "want is a pattern that the answer must fit, as tags and words: no answer is good because nothing is wrong with it")
			}
		}
	}
	for i := range s.Discard {
		element(&s.Discard[i].Send, src, ds)
	}
}

// changing are how the names of requests begin that are no questions (RFC 6241, 7; and those of
// vendors).
const changing = "edit- copy- delete- lock unlock kill- commit discard- cancel- validate load- open- close- rollback request- clear- restart- set- command"

// asks holds a request to be a question.
func asks(request *string, src *strict.Source, ds *diag.List) {
	name, whole := element(request, src, ds)
	for _, verb := range strings.Fields(changing) {
		if whole && strings.HasPrefix(name, verb) {
			ds.Failf(src.At(request), "platform/netconf", "<%s> is no question: what is read changes nothing", strings.TrimRight(strings.Fields(name)[0], "/>"))
		}
	}
}

// element holds a request to be one, and gives what follows its first bracket.
func element(request *string, src *strict.Source, ds *diag.List) (name string, whole bool) {
	name, whole = strings.CutPrefix(*request, "<")
	if whole = whole && strings.HasSuffix(name, ">"); !whole {
		ds.Failf(src.At(request), "platform/netconf", "a request is one whole element")
	}
	return name, whole
}
