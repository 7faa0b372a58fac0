package drivertest_test

import (
	"context"
	"crypto/ed25519"
	"encoding/pem"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"plumbline/drivers"
	"plumbline/drivers/ssh"
	"plumbline/drivers/write/guard"
)

// TestSilent holds that a device which falls silent right behind the handshake, before any
// channel is open, is given up after the time that each answer has.
func TestSilent(t *testing.T) {
	to, logins := mute(t)
	o := ssh.Options{Timeout: time.Second}
	for name, f := range map[string]func() error{
		"reading": func() error {
			_, err := ssh.New(drivers.Session{Fetch: "show", End: "end", Exec: "<host># "}, logins, o).Fetch(t.Context(), to)
			return err
		},
		"the guard": func() error {
			_, _, err := guard.New(drivers.Session{}, logins, guard.Options{Timeout: time.Second}).Resume(t.Context(), to, "plb-1")
			return err
		},
	} {
		done := make(chan error, 1)
		go func() { done <- f() }()
		select {
		case err := <-done:
			if !errors.Is(err, drivers.ErrTimeout) {
				t.Errorf("%s: %v", name, err)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("%s: it waits for ever", name)
		}
	}
}

// mute is an SSH server that lets everybody in and never opens a channel.
func mute(t *testing.T) (drivers.Target, drivers.Logins) {
	t.Helper()
	_, private, err := ed25519.GenerateKey(nil)
	must(t, err)
	host, err := gossh.NewSignerFromKey(private)
	must(t, err)
	block, err := gossh.MarshalPrivateKey(private, "")
	must(t, err)
	cfg := &gossh.ServerConfig{PublicKeyCallback: func(gossh.ConnMetadata, gossh.PublicKey) (*gossh.Permissions, error) { return nil, nil }}
	cfg.AddHostKey(host)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				if _, _, reqs, err := gossh.NewServerConn(c, cfg); err == nil {
					gossh.DiscardRequests(reqs)
				}
			}()
		}
	}()
	pin := strings.TrimSpace(string(gossh.MarshalAuthorizedKey(host.PublicKey())))
	to := drivers.Target{Name: "r1", Address: l.Addr().(*net.TCPAddr).AddrPort(), Pins: []string{pin}, Secret: "a"}
	return to, func(context.Context, string) (drivers.Login, error) {
		return drivers.Login{User: "a", PrivateKey: pem.EncodeToMemory(block)}, nil
	}
}
