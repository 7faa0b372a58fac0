package probe

import (
	"context"
	"encoding/binary"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"time"
)

// traces sends a packet for each number of hops at once, each from a socket of its own that needs no
// rights and hears nobody but who is asked, and reads what the kernel keeps of the answers: errors of
// ICMP (man 7 ip, IP_RECVERR). Over several equal ways each packet may go another one.
func (p Probe) traces(ctx context.Context) error {
	ctx, end := context.WithTimeout(ctx, settle)
	defer end()
	var all sync.WaitGroup
	var mu sync.Mutex
	var failed error
	way := path{}
	for n := 1; n <= far; n++ {
		all.Go(func() {
			h, answered, err := p.over(ctx, n)
			mu.Lock()
			defer mu.Unlock()
			if answered {
				way[n] = h
			}
			if failed == nil {
				failed = err
			}
			if way.sure(p) {
				end()
			}
		})
	}
	all.Wait()
	if len(way) == 0 && failed != nil {
		return failed
	}
	return p.holds(way)
}

// over sends a packet that may go over n hops, and tells who answered that it went no further.
func (p Probe) over(ctx context.Context, n int) (h hop, answered bool, err error) {
	six := p.Trace.Unmap().Is6()
	level, ttl, errs := syscall.IPPROTO_IP, syscall.IP_TTL, syscall.IP_RECVERR
	if six {
		level, ttl, errs = syscall.IPPROTO_IPV6, syscall.IPV6_UNICAST_HOPS, syscall.IPV6_RECVERR
	}
	d := net.Dialer{Control: func(_, _ string, c syscall.RawConn) (err error) {
		failed := c.Control(func(fd uintptr) {
			if err = syscall.SetsockoptInt(int(fd), level, errs, 1); err == nil {
				err = syscall.SetsockoptInt(int(fd), level, ttl, n)
			}
		})
		if err == nil {
			err = failed
		}
		return err
	}}
	c, err := d.DialContext(ctx, "udp", netip.AddrPortFrom(p.Trace.Unmap(), uint16(ports+n)).String()) //nolint:gosec // at most 30 more
	if err != nil {
		return hop{}, false, err
	}
	defer c.Close()
	defer context.AfterFunc(ctx, func() { _ = c.SetDeadline(time.Unix(1, 0)) })()
	raw, err := c.(*net.UDPConn).SyscallConn()
	if err != nil {
		return hop{}, false, err
	}
	if _, err := c.Write([]byte("plumbline")); err != nil {
		return hop{}, false, err
	}
	body, control := make([]byte, 64), make([]byte, 512)
	_ = raw.Read(func(fd uintptr) bool { // until time is up: then nobody answered
		for !answered {
			_, size, _, _, err := syscall.Recvmsg(int(fd), body, control, syscall.MSG_ERRQUEUE|syscall.MSG_DONTWAIT)
			if err != nil {
				return false
			}
			h, answered = answer(six, control[:size])
		}
		return true
	})
	return h, answered, nil
}

// answer takes what the kernel tells of one error, where it is one of ICMP.
func answer(six bool, control []byte) (hop, bool) {
	said, err := syscall.ParseSocketControlMessage(control)
	if err != nil {
		return hop{}, false
	}
	level, kind := int32(syscall.IPPROTO_IP), int32(syscall.IP_RECVERR)
	if six {
		level, kind = syscall.IPPROTO_IPV6, syscall.IPV6_RECVERR
	}
	for _, m := range said {
		if m.Header.Level == level && m.Header.Type == kind {
			return offence(six, m.Data)
		}
	}
	return hop{}, false
}

// offence reads struct sock_extended_err and the address behind it: who sent the error.
func offence(six bool, b []byte) (hop, bool) {
	const head, origin, kind, code, byICMP, byICMP6 = 16, 4, 5, 6, 2, 3
	at, size, family, from := head+4, 4, syscall.AF_INET, uint8(byICMP)
	if six {
		at, size, family, from = head+8, 16, syscall.AF_INET6, byICMP6
	}
	if len(b) < at+size || b[origin] != from || int(binary.NativeEndian.Uint16(b[head:])) != family {
		return hop{}, false
	}
	addr, _ := netip.AddrFromSlice(b[at : at+size])
	end, why, known := icmpError(six, b[kind], b[code])
	return hop{addr.Unmap(), end, why}, known
}
