package lab

import (
	"net"
	"net/netip"
	"os"
	"testing"
)

// Port is an address of this machine at which nobody listens. What is to listen there may: a port of
// 127.0.0.1 that was free is another one's a moment later, but no other process has this address.
func Port(t testing.TB) netip.AddrPort {
	t.Helper()
	pid := os.Getpid() // of 22 bits at most
	own := netip.AddrFrom4([4]byte{127, byte(0x40 | pid>>16&0x3f), byte(pid >> 8), byte(pid)})
	l, err := net.Listen("tcp", netip.AddrPortFrom(own, 0).String())
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).AddrPort()
}
