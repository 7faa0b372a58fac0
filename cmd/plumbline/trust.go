package main

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/crypto/ssh"

	"plumbline/internal/diag"
	"plumbline/internal/pipeline"
	"plumbline/internal/strict"
	"plumbline/inventory"
)

func trustVerb(e *env) *cobra.Command {
	c := &cobra.Command{Use: "trust", Short: "Look at the keys that devices show, before they are trusted"}
	c.AddCommand(&cobra.Command{
		Use:   "scan [DEVICE... | ADDRESS[:PORT]...]",
		Short: "Tell which keys devices show, and print a patch of the inventory where none is pinned yet",
		Long: "No credential is sent. A key that is shown is not proved by that: compare its fingerprint with\n" +
			"what the device says on its console, then apply the patch: patch -p1, or git apply --unidiff-zero.\n" +
			"A key that differs from a pinned one is told and never patched. Exit 2: something is to be looked at.",
		RunE: func(c *cobra.Command, names []string) error { return e.scan(c.Context(), names) },
	})
	return c
}

// scanned is where a key is looked for, and what the inventory says of it.
type scanned struct {
	name string
	at   netip.AddrPort
	tls  bool
	pins []string
	jump string
}

// scan asks each device for its key, and tells what to do about it.
func (e *env) scan(ctx context.Context, names []string) error {
	asked, tree, err := e.toScan(names)
	if err != nil {
		return err
	}
	differs, unread := false, false
	var patch []string
	keys, faults := scanAll(ctx, asked)
	for i, s := range asked {
		key, err := keys[i], faults[i]
		switch {
		case err != nil:
			unread = true
			fmt.Fprintf(e.err, "%s: %v\n", s.name, err)
			continue
		case slices.Contains(s.pins, key):
			fmt.Fprintf(e.err, "%s: shows the pinned key, %s\n", s.name, fingerprint(key))
			continue
		case len(s.pins) > 0:
			differs = true
			fmt.Fprintf(e.err, "%s: shows another key than is pinned, %s: somebody changed it, or somebody stands between; if it was changed on purpose, pin it beside the old one: %s\n", s.name, fingerprint(key), key)
			continue
		}
		differs = true
		fmt.Fprintf(e.err, "%s: shows %s: compare it with the console of the device\n", s.name, fingerprint(key))
		change := patchOf(tree, s.name, key)
		if change == "" {
			change = fmt.Sprintf("# %s: host_keys: [%s]\n", s.name, key)
		}
		patch = append(patch, change)
	}
	fmt.Fprint(e.out, strings.Join(patch, ""))
	switch {
	case unread:
		return errIncomplete
	case differs:
		return errDiffer
	}
	return nil
}

// scanAll asks many at once, and gives what each shows in their order.
func scanAll(ctx context.Context, asked []scanned) ([]string, []error) {
	keys, faults := make([]string, len(asked)), make([]error, len(asked))
	var all sync.WaitGroup
	room := make(chan struct{}, 32)
	for i := range asked {
		room <- struct{}{}
		all.Go(func() {
			keys[i], faults[i] = asked[i].shows(ctx)
			<-room
		})
	}
	all.Wait()
	return keys, faults
}

// toScan finds what is meant: addresses as they stand, else devices of the inventory, which
// may have no valid key yet.
func (e *env) toScan(names []string) (out []scanned, tree fs.FS, err error) {
	var devices []string
	for _, n := range names {
		at, err := netip.ParseAddrPort(n)
		if a, bad := netip.ParseAddr(n); bad == nil {
			at, err = netip.AddrPortFrom(a, 22), nil
		}
		if err == nil {
			out = append(out, scanned{name: n, at: at})
		} else {
			devices = append(devices, n)
		}
	}
	if tree, err = e.files(""); err != nil || len(names) > 0 && len(devices) == 0 {
		return out, tree, err
	}
	inv, ds := inventory.Load(tree, strict.NewSource())
	if inv == nil || len(inv.Devices) == 0 {
		return nil, tree, errors.Join(ds.Err(), errors.New("no device is in the inventory: name addresses"))
	}
	found := map[string]bool{}
	for i := range inv.Devices {
		d := &inv.Devices[i]
		if len(names) > 0 && !slices.Contains(devices, d.Name) || !d.Address.IsValid() {
			continue
		}
		found[d.Name] = true
		s := scanned{name: d.Name, at: d.Endpoint(), tls: d.Driver == "gnmi", jump: d.Jump}
		for _, p := range pipeline.Pins(d) {
			if pinned(p) != "" {
				s.pins = append(s.pins, pinned(p))
			}
		}
		out = append(out, s)
	}
	for _, n := range devices {
		if !found[n] {
			hint := "name a device of it, or an ADDRESS[:PORT]"
			if near := diag.Nearest(n, deviceNames(inv)); near != "" {
				hint = "did you mean " + near + "?"
			}
			return nil, tree, fmt.Errorf("no device %q in the inventory, and it is no address: %s", n, hint)
		}
	}
	return out, tree, nil
}

func deviceNames(inv *inventory.Inventory) (names []string) {
	for _, d := range inv.Devices {
		names = append(names, d.Name)
	}
	return names
}

// pinned is a pin in its one spelling; "" where it is none.
func pinned(p string) string {
	if strings.HasPrefix(p, "spki-sha256:") {
		return p
	}
	key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(p))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key)))
}

// scanPatience is how long a device is waited for.
const scanPatience = 10 * time.Second

// shows is the key that a device proves to hold, in the spelling of a pin. Nobody logs in.
func (s scanned) shows(ctx context.Context) (string, error) {
	if s.jump != "" {
		return "", fmt.Errorf("it stands behind %s, which is not passed without a credential: scan it from there, with ssh-keyscan", s.jump)
	}
	ctx, stop := context.WithTimeout(ctx, scanPatience)
	defer stop()
	if s.tls {
		return s.showsTLS(ctx)
	}
	var last error
	for _, algorithms := range [][]string{{ssh.KeyAlgoED25519}, {ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521}, {ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256}} {
		c, err := (&net.Dialer{}).DialContext(ctx, "tcp", s.at.String())
		if err != nil {
			return "", fmt.Errorf("%s cannot be reached: check address, route and filter", s.at)
		}
		if until, ok := ctx.Deadline(); ok {
			_ = c.SetDeadline(until)
		}
		var key ssh.PublicKey
		seen := errors.New("seen")
		_, _, _, last = ssh.NewClientConn(c, s.at.String(), &ssh.ClientConfig{User: "nobody", HostKeyAlgorithms: algorithms,
			HostKeyCallback: func(_ string, _ net.Addr, k ssh.PublicKey) error { key = k; return seen }})
		c.Close()
		if key != nil {
			return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key))), nil
		}
	}
	return "", fmt.Errorf("%s shows no key of a kind that is trusted (ed25519, ecdsa, rsa with SHA-2): %w", s.at, last)
}

// showsTLS is the pin of the public key in a certificate. The certificate is looked at and
// nothing is sent to whoever shows it.
func (s scanned) showsTLS(ctx context.Context) (string, error) {
	pin := ""
	d := tls.Dialer{Config: &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: true, VerifyConnection: func(c tls.ConnectionState) error {
		if len(c.PeerCertificates) > 0 {
			sum := sha256.Sum256(c.PeerCertificates[0].RawSubjectPublicKeyInfo)
			pin = "spki-sha256:" + hex.EncodeToString(sum[:])
		}
		return errors.New("seen")
	}}}
	c, err := d.DialContext(ctx, "tcp", s.at.String())
	if err == nil {
		c.Close()
	}
	if pin == "" {
		return "", fmt.Errorf("%s shows no certificate: is it reached, and does it speak TLS?", s.at)
	}
	return pin, nil
}

// fingerprint is a key as devices and people show it.
func fingerprint(pin string) string {
	key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(pin))
	if err != nil {
		return pin
	}
	return key.Type() + " " + ssh.FingerprintSHA256(key)
}

var keysLine = regexp.MustCompile(`^(\s*(?:- )?)host_keys:.*$`)

// patchOf is the change of one line that pins a key in the inventory, as a hunk without
// context; "" where the line of the device is not one of its own.
func patchOf(tree fs.FS, device, key string) string {
	name := regexp.MustCompile(`^\s*(- )?name: *["']?` + regexp.QuoteMeta(device) + `["']?\s*(#.*)?$`)
	out := ""
	_ = fs.WalkDir(tree, ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || out != "" || file != "inventory.yaml" && !strings.HasPrefix(file, "inventory/") {
			return nil //nolint:nilerr // what cannot be read has no line to change
		}
		text, err := fs.ReadFile(tree, file)
		if err != nil {
			return nil //nolint:nilerr // as above
		}
		lines := splitLines(text)
		at := slices.IndexFunc(lines, name.MatchString)
		for i := at + 1; at >= 0 && i < len(lines) && !strings.Contains(lines[i], "- name:"); i++ {
			if m := keysLine.FindStringSubmatch(lines[i]); m != nil && strings.Count(lines[i], "[") == strings.Count(lines[i], "]") {
				out = fmt.Sprintf("--- a/%s\n+++ b/%s\n@@ -%d +%d @@\n-%s\n+%shost_keys: [%s]\n", file, file, i+1, i+1, lines[i], m[1], key)
				return fs.SkipAll
			}
		}
		return nil
	})
	return out
}
