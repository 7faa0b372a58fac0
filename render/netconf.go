package render

import (
	"strings"

	"plumbline/drivers"
	"plumbline/internal/diag"
	"plumbline/internal/strict"
)

// netconf is what platform.yaml says of reading through NETCONF: whole requests, and which element
// of an answer holds the configuration as the command line shows it.
type netconf struct {
	Fetch string     `yaml:"fetch"`
	Text  string     `yaml:"text"`
	Read  []question `yaml:"read"`
}

// facts gives what a reader needs. Its questions are those of the command line, as requests; what
// health asks must be among them. A request is one element, so that it ends where it seems to.
func (n *netconf) facts(p *Platform, src *strict.Source, ds *diag.List) drivers.Netconf {
	if n == nil {
		return drivers.Netconf{}
	}
	out := drivers.Netconf{Fetch: n.Fetch, Text: n.Text}
	element(&n.Fetch, src, ds)
	if n.Text == "" || strings.ContainsAny(n.Text, "<> /") {
		ds.Failf(src.At(&n.Text), "platform/netconf", "text is the name of one element, without brackets")
	}
	for i := range n.Read {
		element(&n.Read[i].Ask, src, ds)
	}
	out.Read = answers(&n.Read, p, src, ds, "platform/netconf", "request")
	return out
}

// changing are how the names of requests begin that are no questions (RFC 6241, 7; and those of
// vendors).
const changing = "edit- copy- delete- lock unlock kill- commit discard- cancel- validate load- open- close- rollback request- clear- restart- set- command"

func element(request *string, src *strict.Source, ds *diag.List) {
	name := strings.TrimPrefix(*request, "<")
	if name == *request || !strings.HasSuffix(name, ">") {
		ds.Failf(src.At(request), "platform/netconf", "a request is one whole element")
		return
	}
	for _, verb := range strings.Fields(changing) {
		if strings.HasPrefix(name, verb) {
			ds.Failf(src.At(request), "platform/netconf", "<%s> is no question: what is read changes nothing", strings.TrimRight(strings.Fields(name)[0], "/>"))
		}
	}
}
