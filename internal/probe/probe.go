// Package probe asks services from this machine whether they answer: a page, a server of names, a
// port, an address, the hops to it. No answer is read further than it takes to tell, nor waited for long.
package probe

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/dns/dnsmessage"
	"golang.org/x/net/icmp"
	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"
)

// Probe is one question; the one of HTTP, TCP, DNS, Ping and Trace that is there says which.
type Probe struct {
	Name   string
	HTTP   string // a page
	Status int    // that it answers with
	TCP    netip.AddrPort
	DNS    netip.AddrPort
	Ask    string // the name that the server is asked for
	Ping   netip.Addr
	Trace  netip.Addr // whose path is looked at
	Hops   int        // that it takes; 0 where any number is well
	Via    netip.Addr // who must be on it; none where anybody may
}

// ErrCannot is a question that this machine cannot ask. It says nothing of the service.
var ErrCannot = errors.New("this machine cannot ask it")

// How long one answer is waited for, and how often it is asked for: a packet may be lost.
const (
	wait  = 3 * time.Second
	tries = 3
)

// All asks all probes at once, and tells why each did not answer; nil where it did.
func All(ctx context.Context, ps []Probe) []error {
	errs := make([]error, len(ps))
	var all sync.WaitGroup
	for i, p := range ps {
		all.Go(func() { errs[i] = p.patiently(ctx) })
	}
	all.Wait()
	return errs
}

func (p Probe) patiently(ctx context.Context) (err error) {
	for range tries {
		one, end := context.WithTimeout(ctx, wait)
		err = p.once(one)
		end()
		if err == nil || errors.Is(err, ErrCannot) || ctx.Err() != nil {
			return err
		}
	}
	return err
}

func (p Probe) once(ctx context.Context) error {
	switch {
	case p.HTTP != "":
		return p.page(ctx)
	case p.TCP.IsValid():
		c, err := new(net.Dialer).DialContext(ctx, "tcp", p.TCP.String())
		if err == nil {
			err = c.Close()
		}
		return err
	case p.DNS.IsValid():
		return p.resolves(ctx)
	case p.Trace.IsValid():
		return p.traces(ctx)
	}
	return p.echoes(ctx)
}

// page asks over a new connection, past every proxy; where it is sent elsewhere it does not go.
func (p Probe) page(ctx context.Context) error {
	t := &http.Transport{DisableKeepAlives: true, MaxResponseHeaderBytes: 64 << 10}
	defer t.CloseIdleConnections()
	c := http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, p.HTTP, nil)
	if err != nil {
		return err
	}
	a, err := c.Do(q)
	if err != nil {
		return err
	}
	defer a.Body.Close()
	if a.StatusCode != p.Status {
		return fmt.Errorf("it answers with status %d", a.StatusCode)
	}
	return nil
}

// resolves asks the server itself, so that no file of this machine answers in its place. One
// address of either family is enough.
func (p Probe) resolves(ctx context.Context) error {
	err := p.query(ctx, dnsmessage.TypeA)
	if err != nil && p.query(ctx, dnsmessage.TypeAAAA) == nil {
		return nil
	}
	return err
}

func (p Probe) query(ctx context.Context, kind dnsmessage.Type) error {
	name, err := dnsmessage.NewName(strings.TrimSuffix(p.Ask, ".") + ".")
	if err != nil {
		return err
	}
	var id [2]byte
	_, _ = rand.Read(id[:])
	ask := dnsmessage.Question{Name: name, Type: kind, Class: dnsmessage.ClassINET}
	m := dnsmessage.Message{Header: dnsmessage.Header{ID: binary.BigEndian.Uint16(id[:]), RecursionDesired: true}, Questions: []dnsmessage.Question{ask}}
	packed, err := m.Pack()
	if err != nil {
		return err
	}
	c, err := dial(ctx, p.DNS.String())
	if err != nil {
		return err
	}
	defer c.Close()
	if _, err := c.Write(packed); err != nil {
		return err
	}
	buf := make([]byte, 4096)
	for { // what is no answer to this question is passed over, until time is up
		n, err := c.Read(buf)
		if err != nil {
			return err
		}
		if mine, err := answered(buf[:n], m.ID, ask); mine {
			return err
		}
	}
}

func dial(ctx context.Context, to string) (net.Conn, error) {
	c, err := new(net.Dialer).DialContext(ctx, "udp", to)
	if err != nil {
		return nil, err
	}
	if until, ok := ctx.Deadline(); ok {
		err = c.SetDeadline(until)
	}
	return c, err
}

// answered tells whether a packet is the answer to a question, and whether it holds an address.
func answered(packet []byte, id uint16, ask dnsmessage.Question) (mine bool, err error) {
	var d dnsmessage.Parser
	h, err := d.Start(packet)
	if err != nil || h.ID != id || !h.Response {
		return false, nil
	}
	q, err := d.Question()
	if err != nil || q.Type != ask.Type || !strings.EqualFold(q.Name.String(), ask.Name.String()) || d.SkipAllQuestions() != nil {
		return false, nil
	}
	if h.RCode != dnsmessage.RCodeSuccess {
		return true, fmt.Errorf("it answers %s", strings.TrimPrefix(h.RCode.String(), "RCode"))
	}
	for {
		a, err := d.AnswerHeader()
		switch {
		case err != nil && h.Truncated:
			return true, nil
		case err != nil:
			return true, errors.New("it answers with no address")
		case d.SkipAnswer() != nil:
			return true, errors.New("its answer is broken")
		case a.Type == ask.Type:
			return true, nil
		}
	}
}

// echoes sends an echo request from a socket that needs no rights but those of net.ipv4.ping_group_range.
func (p Probe) echoes(ctx context.Context) error {
	network, any := "udp4", "0.0.0.0"
	var kind, back icmp.Type = ipv4.ICMPTypeEcho, ipv4.ICMPTypeEchoReply
	proto := 1
	if p.Ping.Is6() {
		network, any, kind, back, proto = "udp6", "::", ipv6.ICMPTypeEchoRequest, ipv6.ICMPTypeEchoReply, 58
	}
	c, err := icmp.ListenPacket(network, any)
	if errors.Is(err, os.ErrPermission) {
		return fmt.Errorf("%w: its kernel lets nobody of this group ping (sysctl net.ipv4.ping_group_range)", ErrCannot)
	}
	if err != nil {
		return err
	}
	defer c.Close()
	if until, ok := ctx.Deadline(); ok {
		if err := c.SetDeadline(until); err != nil {
			return err
		}
	}
	mark := make([]byte, 16)
	_, _ = rand.Read(mark)
	packed, err := (&icmp.Message{Type: kind, Body: &icmp.Echo{Seq: 1, Data: mark}}).Marshal(nil)
	if err != nil {
		return err
	}
	if _, err := c.WriteTo(packed, &net.UDPAddr{IP: p.Ping.AsSlice(), Zone: p.Ping.Zone()}); err != nil {
		return err
	}
	buf := make([]byte, 1500)
	for {
		n, _, err := c.ReadFrom(buf)
		if err != nil {
			return err
		}
		m, err := icmp.ParseMessage(proto, buf[:n])
		if err != nil || m.Type != back {
			continue
		}
		if e, is := m.Body.(*icmp.Echo); is && string(e.Data) == string(mark) {
			return nil
		}
	}
}
