package render_test

import (
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"plumbline/drivers"
	"plumbline/drivers/gnmi"
	"plumbline/drivers/write"
	"plumbline/drivers/write/all"
	"plumbline/internal/replay"
	"plumbline/internal/sim"
	"plumbline/internal/tree"
	"plumbline/render"
	"plumbline/templates"
)

// TestRequests holds that what random networks come to on a platform that is spoken with over
// gNMI is set by one request on an embedded device, that this then holds what was wanted and
// needs no second one, and that the way back leads back. The device takes no value that is
// written as its leaf is not, and asks for every name that something refers to.
func TestRequests(t *testing.T) {
	for _, v := range vendors(t) {
		p, ds := render.Read(templates.FS, v.platform)
		if ds.Failed() || p.Session.Models.Most == 0 {
			continue
		}
		t.Run(v.platform, func(t *testing.T) {
			networks := throws(t)
			if os.Getenv("PLUMBLINE_NETWORKS") == "" { // all of them are minutes
				networks = 5
			}
			cs, ds := render.All(crowd(t, v, networks), templates.FS)
			if ds.Failed() {
				t.Fatal(ds.Err())
			}
			lines, devices := 0, 0
			for _, c := range cs {
				if t.Failed() || len(replay.New(p.Dialect, c.Text).Loose()) > 0 { // a group that it leaves out had a policy that others name
					continue
				}
				lines, devices = lines+requested(t, p, c), devices+1
			}
			if devices < len(cs)/2 {
				t.Errorf("%d of %d devices were set", devices, len(cs))
			}
			t.Logf("figure: %s: %d networks, %d of %d devices, %d lines set by one request each; 0 operations the second time", v.platform, networks, devices, len(cs), lines)
		})
	}
}

// requested brings one device to what is wanted and back, and counts the lines.
func requested(t *testing.T, p render.Platform, c tree.Config) (lines int) {
	t.Helper()
	base, err := os.ReadFile("../templates/" + p.Name + "/testdata/holds") // what whoever is reached over gNMI holds
	if err != nil {
		t.Fatal(err)
	}
	f, err := sim.Start(t.Context(), []sim.Device{{Name: "r1", Platform: p.Name, Session: p.Session, Dialect: p.Dialect, Driver: "gnmi", Running: base}})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Stop()
	return set(t, p, c, base, gnmi.New(p.Session, f.Logins(), gnmi.Options{}), f.Logins(), f.Target("r1"), f.WriteTarget("r1"))
}

// set brings a device that holds base to what is wanted and back, by one request each way, and sees
// that it holds what was meant and that a second run has nothing to send.
func set(t *testing.T, p render.Platform, c tree.Config, base []byte, reader drivers.Reader, logins drivers.Logins, from, to drivers.Target) (lines int) {
	t.Helper()
	lines, err := there(t, p, c, base, reader, logins, from, to)
	if err != nil {
		t.Errorf("%s: %v", c.Device, err)
	}
	return lines
}

// there is set for a device that may refuse.
func there(t *testing.T, p render.Platform, c tree.Config, base []byte, reader drivers.Reader, logins drivers.Logins, from, to drivers.Target) (lines int, err error) {
	t.Helper()
	read := func() *tree.Tree {
		live, err := reader.Fetch(t.Context(), from)
		if err != nil {
			t.Fatal(c.Device, err)
		}
		is, _ := tree.Parse(p.Dialect, live.Text)
		return is
	}
	writer, err := all.Writer(p.Style, p.Session, logins)
	if err != nil {
		t.Fatal(err)
	}
	now := read()
	old := now
	want, _ := tree.Parse(p.Dialect, slices.Concat(base, c.Text))
	for i, is := range []*tree.Tree{want, old} {
		do, undo := edits(t, now, is), edits(t, is, now)
		e := drivers.Edit{Do: tree.Script(p.Dialect, do), Undo: tree.Script(p.Dialect, undo)}
		pending, err := writer.Apply(t.Context(), to, e, write.Hold{For: time.Minute, Tx: fmt.Sprintf("plb-%d", i)})
		if err == nil {
			err = pending.Keep(t.Context())
		}
		if err != nil {
			return lines, fmt.Errorf("%w\n%s", err, e.Do)
		}
		lines += len(do)
		now = read()
		if again := edits(t, now, is); len(again) > 0 || tree.Digest(now) != tree.Digest(is) {
			return lines, fmt.Errorf("a second run would send:\n%s", tree.Script(p.Dialect, again))
		}
	}
	return lines, nil
}

func edits(t *testing.T, have, want *tree.Tree) []tree.Edit {
	t.Helper()
	es, _, err := tree.Diff(have, want, tree.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return es
}
