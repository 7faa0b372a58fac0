package probe

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"plumbline/internal/lab"
)

func at(t *testing.T, a net.Addr) netip.AddrPort {
	t.Helper()
	out, err := netip.ParseAddrPort(a.String())
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func ask(t *testing.T, p Probe) error {
	t.Helper()
	return within(t, time.Minute, p)
}

// within asks once, and waits for an answer so long.
func within(t *testing.T, wait time.Duration, p Probe) error {
	t.Helper()
	ctx, end := context.WithTimeout(t.Context(), wait)
	defer end()
	return p.once(ctx)
}

func TestPage(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/away":
			http.Redirect(w, r, "/", http.StatusFound)
		case "/long":
			w.Header().Set("X", strings.Repeat("x", 1<<20))
		}
	}))
	defer s.Close()
	for path, want := range map[string]string{"/": "", "/away": "it answers with status 302", "/long": "exceeded"} {
		err := ask(t, Probe{HTTP: s.URL + path, Status: 200})
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
	}
	if err := ask(t, Probe{HTTP: s.URL + "/away", Status: 302}); err != nil {
		t.Error(err)
	}
}

func TestPort(t *testing.T) {
	l, err := net.Listen("tcp", lab.Port(t).String())
	if err != nil {
		t.Fatal(err)
	}
	p := Probe{TCP: at(t, l.Addr())}
	if err := ask(t, p); err != nil {
		t.Error(err)
	}
	l.Close()
	if err := ask(t, p); err == nil {
		t.Error("nobody listens, and it answers")
	}
}

// TestNames plays a server of names: what is not the answer to the question is passed over, and
// what holds no address is no answer.
func TestNames(t *testing.T) {
	for name, c := range map[string]struct {
		answer func(dnsmessage.Message) []byte
		want   string
	}{
		"an address":   {func(m dnsmessage.Message) []byte { return packed(resolved(m)) }, ""},
		"no such name": {func(m dnsmessage.Message) []byte { m.RCode = dnsmessage.RCodeNameError; return packed(m) }, "NameError"},
		"nothing":      {func(m dnsmessage.Message) []byte { return packed(m) }, "no address"},
		"cut":          {func(m dnsmessage.Message) []byte { m.Truncated = true; return packed(m) }, ""},
		"no DNS":       {func(dnsmessage.Message) []byte { return []byte("hello") }, "timeout"},
		"another one":  {func(m dnsmessage.Message) []byte { m.ID++; return packed(resolved(m)) }, "timeout"},
		"other question": {func(m dnsmessage.Message) []byte {
			m.Questions[0].Name = dnsmessage.MustNewName("evil.example.")
			return packed(resolved(m))
		}, "timeout"},
		"broken": {func(m dnsmessage.Message) []byte { b := packed(resolved(m)); return b[:len(b)-2] }, "broken"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c2, err := net.ListenPacket("udp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer c2.Close()
			go serve(c2, c.answer)
			wait := time.Minute
			if c.want == "timeout" {
				wait = time.Second
			}
			err = within(t, wait, Probe{DNS: at(t, c2.LocalAddr()), Ask: "www.example.net"})
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

func serve(c net.PacketConn, answer func(dnsmessage.Message) []byte) {
	buf := make([]byte, 512)
	for {
		n, from, err := c.ReadFrom(buf)
		if err != nil {
			return
		}
		var m dnsmessage.Message
		if m.Unpack(buf[:n]) == nil && m.Questions[0].Name.String() == "www.example.net." {
			m.Response = true
			_, _ = c.WriteTo(answer(m), from)
		}
	}
}

func resolved(m dnsmessage.Message) dnsmessage.Message {
	h := dnsmessage.ResourceHeader{Name: m.Questions[0].Name, Type: m.Questions[0].Type, Class: dnsmessage.ClassINET, TTL: 60}
	var body dnsmessage.ResourceBody = &dnsmessage.AResource{A: [4]byte{192, 0, 2, 80}}
	if h.Type == dnsmessage.TypeAAAA {
		body = &dnsmessage.AAAAResource{}
	}
	m.Answers = []dnsmessage.Resource{{Header: h, Body: body}}
	return m
}

func packed(m dnsmessage.Message) []byte {
	b, err := m.Pack()
	if err != nil {
		panic(err)
	}
	return b
}

// TestPing holds that a machine which may not ping says so, and one which may hears itself. Which of both
// this one is nobody asks: it is each of them, in a network of its own.
func TestPing(t *testing.T) {
	if asked, inside := os.LookupEnv("PROBE_TEST_PING"); inside {
		for _, to := range []string{"127.0.0.1", "::1"} {
			if err := ask(t, Probe{Ping: netip.MustParseAddr(to)}); errors.Is(err, ErrCannot) != (asked == "may not") || asked == "may" && err != nil {
				t.Error(asked, to, err)
			}
		}
		return
	}
	lab.Need(t, "root", "netns")
	for may, numbers := range map[string]string{"may": "0 2147483647", "may not": "1 0"} {
		c := exec.Command("unshare", "-n", "sh", "-c", `ip link set lo up && sysctl -qw net.ipv4.ping_group_range="$1" && exec "$0" -test.run '^TestPing$' -test.v`, os.Args[0], numbers)
		c.Env = append(os.Environ(), "PROBE_TEST_PING="+may)
		if out, err := c.CombinedOutput(); err != nil || !strings.Contains(string(out), "--- PASS: TestPing") {
			t.Errorf("a machine that %s ping: %v\n%s", may, err, out)
		}
	}
}

// TestAll: probes that answer and those that do not stand where they were asked.
func TestAll(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	errs := All(t.Context(), []Probe{{TCP: netip.MustParseAddrPort("127.0.0.1:1")}, {TCP: at(t, l.Addr())}})
	if len(errs) != 2 || errs[0] == nil || errs[1] != nil {
		t.Error(errs)
	}
}
