package bench

import (
	"context"
	"net"
	"net/netip"
	"os"
	"testing"
	"time"

	"plumbline/drivers"
	"plumbline/drivers/gnmi"
	"plumbline/drivers/ssh"
	"plumbline/render"
)

// rtt is how long the way there and back takes.
const rtt = 50 * time.Millisecond

// far puts a line of that length before a device.
func far(t testing.TB, to drivers.Target) drivers.Target {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	address := to.Address.String()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			time.Sleep(rtt) // the handshake of TCP, which the loopback does at once
			d, err := net.Dial("tcp", address)
			if err != nil {
				c.Close()
				return
			}
			go delayed(c, d)
			go delayed(d, c)
		}
	}()
	to.Address = netip.MustParseAddrPort(l.Addr().String())
	return to
}

// delayed carries bytes one way, each half a round trip later.
func delayed(from, to net.Conn) {
	type packet struct {
		at   time.Time
		text []byte
	}
	line := make(chan packet, 1024)
	go func() {
		defer to.Close()
		for p := range line {
			time.Sleep(time.Until(p.at))
			if _, err := to.Write(p.text); err != nil {
				return
			}
		}
	}()
	defer close(line)
	for {
		buf := make([]byte, 64<<10)
		n, err := from.Read(buf)
		if err != nil {
			return
		}
		line <- packet{time.Now().Add(rtt / 2), buf[:n]}
	}
}

// BenchmarkLatency counts the round trips of one reading: its time over a line of 50 ms,
// less what it takes without the line.
func BenchmarkLatency(b *testing.B) {
	for range b.N {
		f := startFarm(b, 1, 300)
		p, ds := render.Read(os.DirFS("../templates"), "eos")
		if ds.Failed() {
			b.Fatal(ds)
		}
		logins := func(context.Context, string) (drivers.Login, error) { return f.Login, nil }
		b.ReportMetric(trips(b, ssh.New(p.Session, logins, ssh.Options{}), f.Targets[0]), "ssh-cold-rtt")
		b.ReportMetric(trips(b, ssh.New(p.Session, logins, ssh.Options{Twice: true}), f.Targets[0])-trips(b, ssh.New(p.Session, logins, ssh.Options{}), f.Targets[0]), "ssh-again-rtt")
		b.Setenv(farmEnv+"_GNMI", "1")
		g := startFarm(b, 1, 300)
		logins = func(context.Context, string) (drivers.Login, error) { return g.Login, nil }
		cold := trips(b, gnmi.New(models("/"), logins, gnmi.Options{}), g.Targets[0])
		b.ReportMetric(cold, "gnmi-cold-rtt")
		b.ReportMetric(trips(b, gnmi.New(models("/", "/"), logins, gnmi.Options{}), g.Targets[0])-cold, "gnmi-again-rtt")
		b.ReportMetric(0, "ns/op")
	}
}

func trips(b *testing.B, r drivers.Reader, to drivers.Target) float64 {
	b.Helper()
	near, long := reading(b, r, to), reading(b, r, far(b, to))
	return float64(long-near) / float64(rtt)
}

// reading is the shortest of several: what else the machine does makes one only longer.
func reading(b *testing.B, r drivers.Reader, to drivers.Target) (took time.Duration) {
	b.Helper()
	for i := range 7 {
		began := time.Now()
		if _, err := r.Fetch(b.Context(), to); err != nil {
			b.Fatal(err)
		}
		if one := time.Since(began); i == 0 || one < took {
			took = one
		}
	}
	return took
}
