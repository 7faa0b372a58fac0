package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"plumbline/internal/repo"
	"plumbline/internal/sim"
	"plumbline/render"
	"plumbline/templates"
)

// herd is the devices that somebody wants to have.
type herd struct {
	count, lines int
	platforms    []string
	faults       []string
	every        int
}

func simVerb(e *env) *cobra.Command {
	var h herd
	c := &cobra.Command{
		Use:   "sim FOLDER",
		Short: "Run embedded devices for tests until it is stopped, and write a network that reaches them",
		Args:  one("the folder to write to"),
		RunE: func(c *cobra.Command, args []string) error {
			return e.sim(c.Context(), args[0], h)
		},
	}
	c.Flags().IntVar(&h.count, "count", 3, "how many devices")
	c.Flags().IntVar(&h.lines, "lines", 300, "how many lines each of them holds, about")
	c.Flags().StringSliceVar(&h.platforms, "platform", []string{"frr"}, "of which platforms, in turns; junos/netconf is one by another driver than the usual one")
	c.Flags().StringArrayVar(&h.faults, "fault", nil, "a bad habit: KIND, KIND@N, KIND=TEXT or KIND@N=DURATION; may be repeated")
	c.Flags().IntVar(&h.every, "every", 1, "every how many devices has the bad habits")
	return c
}

// sim starts the devices, writes how to reach them, and waits for the end of ctx.
func (e *env) sim(ctx context.Context, given string, h herd) error {
	dir := given
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(e.dir, dir)
	}
	devices, err := h.devices()
	if err != nil {
		return err
	}
	farm, err := sim.Start(ctx, devices, sim.Options{Guard: demoGuard()})
	if err != nil {
		return err
	}
	defer farm.Stop()
	d := &demo{env: e, dir: dir, farm: farm}
	files := map[string][]byte{}
	design, err := fs.ReadFile(skeleton, "skeleton/intent/design/network.yaml")
	if err != nil {
		return err
	}
	files["network/intent/design/network.yaml"] = bytes.Replace(design, []byte("management4: 192.0.2.0/24"), []byte("management4: 127.0.0.0/8"), 1)
	files["network/inventory.yaml"] = stock(devices, farm)
	if err := settle(dir, given, files); err != nil {
		return err
	}
	if err := errors.Join(os.Mkdir(d.path("keys"), 0o700), d.secrets(ctx)); err != nil {
		return err
	}
	if _, err := repo.Init(d.path("network"), "main"); err != nil {
		return err
	}
	fmt.Fprintf(e.out, "%s on 127.0.0.1, until Ctrl-C; they are in %s\nnext: PLUMBLINE_RUNNER=%s plumbline -C %s doctor\n",
		counted(len(devices), "embedded device"), filepath.Join(given, "network", "inventory.yaml"), filepath.Join(given, "runner.yaml"), filepath.Join(given, "network"))
	<-ctx.Done()
	return nil
}

// devices makes what was asked for: platforms in turns, and bad habits for some.
func (h herd) devices() (out []sim.Device, err error) {
	if h.count < 1 || h.every < 1 || h.lines < 0 {
		return nil, errors.New("--count and --every are 1 or more, and --lines is not below 0")
	}
	var faults []sim.Fault
	for _, text := range h.faults {
		f, err := sim.ParseFault(text)
		if err != nil {
			return nil, err
		}
		faults = append(faults, f)
	}
	platforms := map[string]render.Platform{}
	for _, name := range h.platforms {
		of, by, other := strings.Cut(name, "/")
		p, err := render.Find(templates.FS, of)
		switch {
		case err != nil:
			return nil, err
		case other && !slices.Contains(p.Drivers, by):
			return nil, fmt.Errorf("embedded devices of %s are not reached by %q: name %s alone", p.Name, by, p.Name)
		case other:
			p.Driver = by
		}
		platforms[name] = p
	}
	for i := range h.count {
		p := platforms[h.platforms[i%len(h.platforms)]]
		d := sim.Device{Name: fmt.Sprintf("r%d", i+1), Platform: p.Name, Session: p.Session, Dialect: p.Dialect, Running: filled(p, h.lines), Driver: p.Driver}
		if (i+1)%h.every == 0 {
			d.Faults = faults
		}
		out = append(out, d)
	}
	return out, nil
}

// filled is a configuration of so many lines that every device of the platform takes.
func filled(p render.Platform, lines int) []byte {
	var out bytes.Buffer
	for i := range lines {
		switch {
		case p.Dialect.AsFile():
			fmt.Fprintf(&out, "define net%d = 10.%d.%d.0/24;\n", i+1, i/250%250, i%250)
		case p.Dialect.Syntax == "brace":
			fmt.Fprintf(&out, "routing-options {\n    static {\n        route 10.%d.%d.0/24 discard;\n    }\n}\n", i/250%250, i%250)
		case p.Dialect.Syntax == "path":
			fmt.Fprintf(&out, "/interface[name=ethernet-1/%d]/description \"link %d\"\n", i+1, i)
		case p.Name == "frr":
			fmt.Fprintf(&out, "ip route 10.%d.%d.0/24 Null0\n", i/250%250, i%250)
		default:
			fmt.Fprintf(&out, "interface Loopback%d\n description link %d\n", i+1, i)
		}
	}
	return out.Bytes()
}

// stock is an inventory of the devices.
func stock(devices []sim.Device, farm *sim.Farm) []byte {
	var out strings.Builder
	out.WriteString(`# Embedded devices. They are there as long as plumbline sim runs.
sites:
- name: bench
credentials:
- name: net
  method: key
  read: {user: plumb-read, secret: secret://local/net/read#key}
  write: {user: plumb-write, secret: secret://local/net/write#key}
- name: net-password
  method: password
  read: {user: plumb-read, secret: secret://local/net/read#password}
  write: {user: plumb-write, secret: secret://local/net/write#password}
devices:
`)
	for _, d := range devices {
		t := farm.Target(d.Name)
		by := "credential: net"
		if d.Driver == "gnmi" {
			by = "credential: net-password, driver: gnmi"
		}
		if d.Driver == "netconf" || d.Driver == "ssh" && len(d.Session.Models.Paths) > 0 {
			by = "credential: net, driver: " + d.Driver
		}
		fmt.Fprintf(&out, "- {name: %s, site: bench, role: host, platform: %s, address: %s, port: %d, %s, host_keys: [%q]}\n",
			d.Name, d.Platform, t.Address.Addr(), t.Address.Port(), by, t.Pins[0])
	}
	return []byte(out.String())
}
