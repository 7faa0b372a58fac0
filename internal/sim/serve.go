package sim

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/subtle"
	"errors"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"
)

// hostKey makes the key that a device proves itself with.
func hostKey(sha1 bool) (ssh.Signer, error) {
	if !sha1 {
		return newHostKey()
	}
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	s, err := ssh.NewSignerFromKey(private)
	if err != nil {
		return nil, err
	}
	return ssh.NewSignerWithAlgorithms(s.(ssh.AlgorithmSigner), []string{ssh.KeyAlgoRSA})
}

func newHostKey() (ssh.Signer, error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	return ssh.NewSignerFromKey(private)
}

// listen serves until the socket is closed.
func (b *Box) listen() {
	if b.speech != nil {
		_ = b.speech.Serve(b.socket)
		return
	}
	var conns sync.WaitGroup
	defer conns.Wait()
	for {
		c, err := b.socket.Accept()
		if err != nil {
			return
		}
		if !b.admit(c) {
			c.Close()
			continue
		}
		conns.Go(func() { b.serve(c) })
	}
}

// admit tells whether the device takes connections now.
func (b *Box) admit(c net.Conn) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed || time.Now().Before(b.down) {
		return false
	}
	b.bare[c] = true
	return true
}

func (b *Box) forget(c net.Conn) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.bare, c)
}

// config is how the device proves itself, and whom it lets in.
func (b *Box) config() *ssh.ServerConfig {
	cfg := &ssh.ServerConfig{
		PublicKeyCallback: func(m ssh.ConnMetadata, k ssh.PublicKey) (*ssh.Permissions, error) {
			return b.knows(func(l login) bool {
				return l.user == m.User() && l.public != nil && string(l.public.Marshal()) == string(k.Marshal())
			})
		},
		PasswordCallback: func(m ssh.ConnMetadata, p []byte) (*ssh.Permissions, error) {
			return b.knows(func(l login) bool {
				return l.user == m.User() && l.password != "" && subtle.ConstantTimeCompare([]byte(l.password), p) == 1
			})
		},
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.faults.has("banner-auth") != nil {
		cfg.BannerCallback = func(ssh.ConnMetadata) string {
			return strings.Repeat("authorized users only: "+b.is.Name+"# show\r\n", 40)
		}
	}
	if b.faults.has("weak-kex") != nil {
		cfg.KeyExchanges = []string{ssh.KeyExchangeDH14SHA256}
	}
	host := b.host
	if f := b.faults.has("new-host-key"); b.faults.has("wrong-host-key") != nil || f != nil && b.count.Sessions >= f.N {
		host = b.other
	}
	cfg.AddHostKey(host)
	return cfg
}

func (b *Box) knows(is func(login) bool) (*ssh.Permissions, error) {
	b.mu.Lock()
	b.count.Tries++
	bad, slow := b.faults.has("auth-fail") != nil, b.faults.has("auth-slow")
	b.mu.Unlock()
	if slow != nil {
		time.Sleep(slow.For)
	}
	for _, l := range b.farm.keys {
		if !bad && is(l) {
			return nil, nil
		}
	}
	return nil, errors.New("permission denied")
}

func (b *Box) serve(c net.Conn) {
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(30 * time.Second))
	conn, channels, requests, err := ssh.NewServerConn(c, b.config())
	b.forget(c)
	if err != nil {
		b.mu.Lock()
		b.count.Refused++
		b.mu.Unlock()
		return
	}
	_ = c.SetDeadline(time.Time{})
	defer conn.Close()
	if !b.welcome(conn) {
		return
	}
	defer b.bye(conn)
	go ssh.DiscardRequests(requests)
	var work sync.WaitGroup
	defer work.Wait()
	for nc := range channels {
		if nc.ChannelType() == "direct-tcpip" && b.forwards() {
			work.Go(func() { forward(nc) })
			continue
		}
		if nc.ChannelType() != "session" {
			_ = nc.Reject(ssh.UnknownChannelType, "sessions only")
			continue
		}
		ch, rq, err := nc.Accept()
		if err != nil {
			return
		}
		work.Go(func() { b.session(conn, ch, rq) })
	}
}

// forwards tells whether others are reached through the device.
func (b *Box) forwards() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.is.Forwards
}

// SetForwards has others be reached through the device from now on, or not any more.
func (b *Box) SetForwards(on bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.is.Forwards = on
}

// forward carries one connection on to a port of this machine.
func forward(nc ssh.NewChannel) {
	var to struct {
		Host   string
		Port   uint32
		Origin string
		From   uint32
	}
	err := ssh.Unmarshal(nc.ExtraData(), &to)
	address, err2 := netip.ParseAddr(to.Host)
	if err != nil || err2 != nil || !address.IsLoopback() {
		_ = nc.Reject(ssh.Prohibited, "this machine only")
		return
	}
	on, err := net.Dial("tcp", netip.AddrPortFrom(address, uint16(to.Port)).String())
	if err != nil {
		_ = nc.Reject(ssh.ConnectionFailed, "nobody is there")
		return
	}
	defer on.Close()
	ch, requests, err := nc.Accept()
	if err != nil {
		return
	}
	defer ch.Close()
	go ssh.DiscardRequests(requests)
	go func() {
		_, _ = io.Copy(ch, on)
		ch.Close()
	}()
	_, _ = io.Copy(on, ch)
}

func (b *Box) welcome(c *ssh.ServerConn) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return false
	}
	b.open[c] = true
	b.count.Sessions++
	if c.User() == WriteUser {
		b.count.WriteSessions++
	}
	return true
}

func (b *Box) bye(c *ssh.ServerConn) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.open, c)
}

// session is one channel: a terminal, or for the write user a request to the guard.
func (b *Box) session(conn *ssh.ServerConn, ch ssh.Channel, requests <-chan *ssh.Request) {
	defer ch.Close()
	for r := range requests {
		switch r.Type {
		case "pty-req", "env", "window-change":
			_ = r.Reply(true, nil)
		case "shell":
			_ = r.Reply(true, nil)
			go ssh.DiscardRequests(requests)
			(&shell{b: b, user: conn.User(), ch: ch, host: b.name}).run()
			end(ch, 0)
			return
		case "subsystem":
			var want struct{ Name string }
			if ssh.Unmarshal(r.Payload, &want) != nil || want.Name != "netconf" || b.is.Session.Netconf.Fetch == "" {
				_ = r.Reply(false, nil)
				continue
			}
			_ = r.Reply(true, nil)
			go ssh.DiscardRequests(requests)
			(&caller{shell: shell{b: b, user: conn.User(), way: "netconf", ch: ch, host: b.name}}).run()
			end(ch, 0)
			return
		case "exec":
			var want struct{ Command string }
			if conn.User() != WriteUser || ssh.Unmarshal(r.Payload, &want) != nil {
				_ = r.Reply(false, nil)
				continue
			}
			_ = r.Reply(true, nil)
			go ssh.DiscardRequests(requests)
			in, err := io.ReadAll(io.LimitReader(ch, 4<<20+1))
			if err != nil {
				return
			}
			if b.is.Dialect.AsFile() {
				b.asked(conn, ch, want.Command, string(in))
				return
			}
			out, status := b.guard(want.Command, string(in))
			_, _ = io.WriteString(ch, out)
			end(ch, status)
			return
		default:
			_ = r.Reply(false, nil)
		}
	}
}

func end(ch ssh.Channel, status uint32) {
	_, _ = ch.SendRequest("exit-status", false, ssh.Marshal(struct{ Status uint32 }{status}))
}
