//go:build live

package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// origins is a server that tells routers whose prefixes are, by RFC 8210: always the same
// ones, from a file with a prefix, a length and a system in each line. It ends when killed.
func origins(t *testing.T, addr, file string) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var held []byte
	for line := range strings.Lines(string(text)) {
		var prefix string
		var longest, asn int
		if _, err := fmt.Sscan(line, &prefix, &longest, &asn); err != nil {
			t.Fatal(err)
		}
		p := netip.MustParsePrefix(prefix)
		four := p.Addr().As4()
		held = append(held, 1, 4, 0, 0, 0, 0, 0, 20, 1, byte(p.Bits()), byte(longest), 0)
		held = append(held, four[:]...)
		held = binary.BigEndian.AppendUint32(held, uint32(asn))
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	os.Stdout.WriteString("ready\n")
	for {
		c, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		go tells(c, held)
	}
}

// tells answers each query of a router with all that is held.
func tells(c net.Conn, held []byte) {
	defer c.Close()
	for {
		head := make([]byte, 8)
		if _, err := io.ReadFull(c, head); err != nil {
			return
		}
		if _, err := io.CopyN(io.Discard, c, int64(binary.BigEndian.Uint32(head[4:]))-8); err != nil {
			return
		}
		if head[1] != 1 && head[1] != 2 { // only queries are answered
			continue
		}
		out := append([]byte{1, 3, 0, 7, 0, 0, 0, 8}, held...)
		out = append(out, 1, 7, 0, 7, 0, 0, 0, 24, 0, 0, 0, 1)
		for _, seconds := range []uint32{3600, 600, 7200} {
			out = binary.BigEndian.AppendUint32(out, seconds)
		}
		if _, err := c.Write(out); err != nil {
			return
		}
	}
}

// tellsOrigins starts the server of origins.
func (p *peers) tellsOrigins(table string) {
	p.t.Helper()
	file := filepath.Join(openDir(p.t), "origins")
	p.must(os.WriteFile(file, []byte(table), 0o644))
	p.in("cache", "ip", "addr", "add", "11.0.2.5/31", "dev", "eth0")
	p.serve("cache", "cache 11.0.2.5:3323 "+file)
}

// knows waits until the edge has asked that server.
func (p *peers) knows(table string) {
	p.t.Helper()
	p.until("the edge knows whose prefixes are", func() bool {
		out, err := p.lab.Show(p.t.Context(), edge, "show rpki prefix-table")
		p.must(err)
		return strings.Count(out, "11.64.") == strings.Count(table, "\n")
	})
}
