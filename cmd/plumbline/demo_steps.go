package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"plumbline/drivers"
	"plumbline/examples"
	"plumbline/internal/network"
	"plumbline/internal/pipeline"
	"plumbline/internal/repo"
	"plumbline/internal/sim"
	"plumbline/templates"
)

// demoDay is the day that the demo takes for today: the example's locks and approvals are
// judged by it, so that the demo passes in any year.
func demoDay() time.Time { return time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC) }

// demo is one run: a repository, keys and embedded devices, all in one folder.
type demo struct {
	env     *env
	dir     string
	verbose bool
	kept    bool // whether the folder outlives the demo
	farm    *sim.Farm
	repo    *repo.Repo
	build   *pipeline.Build
	plan    string                     // digest of the plan that is under review
	edited  func(network string) error // of the example before it is compiled; nil for nothing
	holds   []byte                     // what the devices hold before anything is pushed; nil for nothing
}

func (d *demo) stop() {
	if d.farm != nil {
		d.farm.Stop()
	}
}

// path gives a place in the folder of the demo; repositories and keys stand side by side.
func (d *demo) path(parts ...string) string {
	return filepath.Join(append([]string{d.dir}, parts...)...)
}

// plumbline runs one command as a person would, and demands how it ends.
func (d *demo) plumbline(ctx context.Context, want int, args ...string) (string, error) {
	var out bytes.Buffer
	e := &env{dir: d.path("network"), runner: d.path("runner.yaml"), out: &out, err: &out, now: demoDay, run: d.env.run, step: d.env.step, clock: d.env.clock}
	got := d.env.run(ctx, e, args)
	if d.verbose {
		fmt.Fprintf(d.env.out, "\n$ plumbline %s\n%sexit %d\n\n", strings.Join(args, " "), out.String(), got)
	}
	if got != want {
		return out.String(), fmt.Errorf("plumbline %s ended with exit %d, want %d:\n%s", strings.Join(args, " "), got, want, out.String())
	}
	return out.String(), nil
}

// start compiles the example once to know the devices, and starts one for each, with the
// bare configuration of a router that nobody configured yet.
func (d *demo) start(ctx context.Context) (string, error) {
	example, err := fs.Sub(examples.FS, "two-site")
	if err != nil {
		return "", err
	}
	if err := os.CopyFS(d.path("network"), example); err != nil {
		return "", err
	}
	if d.edited != nil {
		if err := d.edited(d.path("network")); err != nil {
			return "", err
		}
	}
	b, ds := pipeline.Compile(os.DirFS(d.path("network")), templates.FS, pipeline.Base{}, demoDay())
	if ds.Failed() {
		return "", ds.Err()
	}
	d.build = b
	var devices []sim.Device
	for _, c := range b.Configs() {
		dev := b.Device(c.Device)
		p := b.Platform(dev.Platform)
		devices = append(devices, sim.Device{Name: c.Device, Platform: p.Name, Session: p.Session, Dialect: p.Dialect, Running: d.holds, Driver: driver(p, dev), Host: demoHost(b.Network().Device(c.Device))})
	}
	farm, err := sim.Start(ctx, devices, sim.Options{Externals: demoExternals(b), Guard: demoGuard()})
	if err != nil {
		return "", err
	}
	d.farm = farm
	if err := d.inventory(); err != nil {
		return "", err
	}
	kinds := map[string]bool{}
	for _, dev := range devices {
		kinds[dev.Platform] = true
	}
	return fmt.Sprintf("%d routers on 127.0.0.1 (%s), each with its own host key", len(devices), strings.Join(slices.Sorted(maps.Keys(kinds)), ", ")), d.secrets(ctx)
}

// demoHost is what the host of a device has, which no configuration of one that is a file says.
func demoHost(d *network.Device) (out []sim.Port) {
	if d.Interfaces == nil {
		return nil
	}
	for _, p := range d.Interfaces.Ports {
		port := sim.Port{Name: p.Name}
		for _, a := range p.Addrs {
			port.Nets = append(port.Nets, a.Prefix)
		}
		out = append(out, port)
	}
	return out
}

// demoExternals is the speakers outside of the example: whoever our routers have a
// session with that is not one of them.
func demoExternals(b *pipeline.Build) (out []sim.External) {
	ours := map[string]bool{}
	for _, dev := range b.Network().Devices {
		if dev.BGP != nil {
			ours[fmt.Sprint(dev.BGP.RouterID)] = true
		}
	}
	for _, dev := range b.Network().Devices {
		if dev.BGP == nil {
			continue
		}
		for _, n := range dev.BGP.Neighbors {
			if n.ASN != dev.BGP.ASN && !ours[n.Addr.String()] {
				ours[n.Addr.String()] = true
				out = append(out, sim.External{Address: n.Addr, AS: n.ASN, Prefixes: 2})
			}
		}
	}
	return out
}

// inventory puts the addresses and host keys of the embedded devices into the example's
// inventory, as an engineer would after racking them.
func (d *demo) inventory() error {
	file := d.path("network", "inventory.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return os.WriteFile(file, racked(text, d.farm.Target), 0o644)
}

// racked rewrites where devices stand and which key they prove to have.
func racked(inventory []byte, at func(string) drivers.Target) []byte {
	device := ""
	name := regexp.MustCompile(`^ *- name: (\S+)`)
	var out bytes.Buffer
	for line := range strings.Lines(string(inventory)) {
		if m := name.FindStringSubmatch(line); m != nil {
			device = m[1]
		}
		if t := at(device); len(t.Pins) > 0 {
			line = placed(line, t)
		}
		out.WriteString(line)
	}
	return out.Bytes()
}

// placed rewrites one line of a device; its port stands behind its address.
func placed(line string, t drivers.Target) string {
	field := strings.TrimLeft(line, " ")
	pad := line[:len(line)-len(field)]
	switch key, _, _ := strings.Cut(field, ": "); key {
	case "address":
		return fmt.Sprintf("%saddress: %s\n%sport: %d\n", pad, t.Address.Addr(), pad, t.Address.Port())
	case "port":
		return ""
	case "host_keys":
		return fmt.Sprintf("%shost_keys: [%s]\n", pad, t.Pins[0])
	}
	return line
}

// secrets writes the runner's side: a store with the keys of the two users of the devices,
// readable by nobody else, and outside the repository.
func (d *demo) secrets(ctx context.Context) error {
	for _, use := range []string{"read", "write"} {
		login, err := d.farm.Logins()(ctx, use)
		if err != nil {
			return err
		}
		word, err := d.farm.Logins()(ctx, use+"-password")
		if err != nil {
			return err
		}
		dir := d.path("secrets", "net", use)
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
		for name, value := range map[string][]byte{"key": login.PrivateKey, "password": []byte(word.Password)} {
			if err := os.WriteFile(filepath.Join(dir, name), value, 0o600); err != nil {
				return err
			}
		}
	}
	var drawn [32]byte
	_, _ = rand.Read(drawn[:])
	if err := writeFile(d.path("secrets", "net", "repo", "key"), fmt.Appendf(nil, "%x\n", drawn), 0o600); err != nil {
		return err
	}
	text := fmt.Sprintf("stores:\n- {name: local, type: file, dir: %q}\nrepo_key: secret://local/net/repo#key\nstate: %q\nledger_key: %q\n",
		d.path("secrets"), d.path("journal"), d.path("keys", "ledger"))
	return os.WriteFile(d.path("runner.yaml"), []byte(text), 0o600)
}
