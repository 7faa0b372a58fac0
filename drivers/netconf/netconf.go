// Package netconf reads devices that speak NETCONF. It asks nothing but the requests that
// platform.yaml lists; it has no verb that edits, locks or commits.
package netconf

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"plumbline/drivers"
	"plumbline/drivers/internal/netconf"
	"plumbline/drivers/internal/wire"
)

// Options bound a reader.
type Options = wire.Limits

// Reader reads the devices of one platform.
type Reader struct {
	n       drivers.Netconf
	logins  drivers.Logins
	o       Options
	may     []string
	session opener
}

var (
	_ drivers.Keeper = (*Reader)(nil)
	_ drivers.Teller = (*Reader)(nil)
)

// New gives the reader of one platform. What it may ever send is fixed here.
func New(s drivers.Session, logins drivers.Logins, o Options) *Reader {
	r := &Reader{n: s.Netconf, logins: logins, o: o, may: []string{s.Netconf.Fetch}}
	for _, q := range s.Netconf.Read {
		r.may = append(r.may, q)
	}
	r.session = r.sessions().Once
	return r
}

// Fetch gives the configuration. An answer is one message, so it is whole or an error; an empty
// one is an error too.
func (r *Reader) Fetch(ctx context.Context, t drivers.Target) (live drivers.Live, err error) {
	err = r.session(ctx, t, func(s *netconf.Session) error {
		a, err := s.Ask(ctx, r.n.Fetch)
		if err != nil {
			return err
		}
		text, found := a.Text(r.n.Text)
		switch {
		case !found:
			return fail(t, drivers.ErrCut, "its answer holds no <"+r.n.Text+">", "see netconf.text in platform.yaml")
		case strings.TrimSpace(text) == "":
			return fail(t, drivers.ErrCut, "the configuration is empty", "check what the read user may see")
		}
		live = drivers.Live{Text: []byte(strings.Trim(text, "\n") + "\n"), Complete: "message", At: time.Now()}
		return nil
	})
	return live, err
}

// Probe asks questions by their names in platform.yaml. A question that is refused is a fact with
// an error; the call fails only when the device cannot be asked at all.
func (r *Reader) Probe(ctx context.Context, t drivers.Target, asks ...string) ([]drivers.Fact, error) {
	facts := make([]drivers.Fact, 0, len(asks))
	if len(asks) == 0 {
		return facts, nil
	}
	err := r.session(ctx, t, func(s *netconf.Session) error {
		facts = facts[:0]
		for _, ask := range asks {
			f := r.answer(ctx, t, s, ask)
			facts = append(facts, f)
			if f.Err != nil && !errors.Is(f.Err, drivers.ErrForbidden) {
				return f.Err // the session is of no more use
			}
		}
		return nil
	})
	for _, ask := range asks[len(facts):] {
		facts = append(facts, drivers.Fact{Ask: ask, Err: err})
	}
	return facts, err
}

func (r *Reader) answer(ctx context.Context, t drivers.Target, s *netconf.Session, ask string) drivers.Fact {
	f := drivers.Fact{Ask: ask}
	request, known := r.n.Read[ask]
	if !known {
		f.Err = fail(t, drivers.ErrForbidden, fmt.Sprintf("the platform has no question %q over NETCONF", ask), "see netconf.read in platform.yaml")
		return f
	}
	a, err := s.Ask(ctx, request)
	if f.Err = err; err == nil {
		f.Text = a.Chars() + "\n"
	}
	return f
}

// Tells gives what a device says of itself. What it says decides nothing.
func (r *Reader) Tells(ctx context.Context, t drivers.Target, _ bool) (out []string, err error) {
	err = r.session(ctx, t, func(s *netconf.Session) error {
		out = says(s)
		return nil
	})
	return out, err
}

func says(s *netconf.Session) []string {
	var can []string
	for _, c := range s.Capabilities {
		for _, p := range []string{"urn:ietf:params:netconf:capability:", "urn:ietf:params:xml:ns:netconf:capability:"} {
			if name, is := strings.CutPrefix(c, p); is && len(can) < 20 {
				can = append(can, fmt.Sprintf("%.40q", name))
			}
		}
	}
	slices.Sort(can)
	return []string{fmt.Sprintf("it says: NETCONF %s, %d capabilities: %s", s.Version(), len(s.Capabilities), strings.ReplaceAll(strings.Join(slices.Compact(can), " "), `"`, ""))}
}

func fail(t drivers.Target, kind error, text, hint string) error {
	return &drivers.Failure{Device: t.Name, Kind: kind, Text: text, Hint: hint}
}
