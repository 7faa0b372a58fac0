package replay_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"plumbline/internal/replay"
	"plumbline/render"
)

// TestAside holds that blocks whose commands are taken on paper are proved where a device that has read all
// proves them too, and nothing else is.
func TestAside(t *testing.T) {
	p, problems := render.Read(os.DirFS("../../templates"), "eos")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	const one = "interface Ethernet1\n   description a\n   mtu 9000\n   ip address 10.0.0.1/24\n"
	const two = "interface Ethernet2\n   mtu 9000\n   ip address 10.0.1.1/24\n"
	set := func(lines string) string { return "interface Ethernet1\n" + lines + "exit\n" }
	put := func(text, old, line string) string { return strings.Replace(text, old, line, 1) }
	list := func(n int) string {
		out := "ip prefix-list P\n"
		for i := range n {
			out += fmt.Sprintf("   seq %d permit 10.%d.%d.0/24\n", i+1, i/256, i%256)
		}
		return out
	}
	for name, c := range map[string]struct {
		have, want, script string
		holds              bool
		aside              int
	}{
		"a value":                   {one + two, put(one, "9000", "1600") + two, set("mtu 1600\n"), true, 1},
		"two values":                {one + two, put(put(one, "9000", "1600"), "n a", "n b  c") + two, set("mtu 1600\ndescription b  c\n"), true, 1},
		"a line less":               {one + two, put(one, "   mtu 9000\n", "") + two, set("no mtu\n"), true, 1},
		"less by its default":       {one + two, put(one, "   mtu 9000\n", "") + two, set("mtu 1500\n"), true, 1},
		"a line more":               {one + two, put(one, "   mtu", "   speed 100g\n   mtu") + two, set("speed 100g\n"), true, 1},
		"another place":             {one + two, "interface Ethernet1\n   mtu 1600\n   description a\n   ip address 10.0.0.1/24\n" + two, set("mtu 1600\n"), true, 1},
		"another value":             {one + two, put(one, "9000", "1601") + two, set("mtu 1600\n"), false, 0},
		"nothing changes":           {one + two, one + two, set("mtu 9000\n"), false, 0},
		"none to undo":              {one + two, one + two, set("no speed\n"), false, 0},
		"a default once more":       {two + set("mtu 9000\n"), two + set("mtu 9000\n"), "interface Ethernet2\nspeed 1\nno speed\nno shutdown\nexit\n", false, 0},
		"another line differs":      {one + two, put(put(one, "9000", "1600"), "n a", "n b") + two, set("mtu 1600\n"), false, 0},
		"a line is left":            {one + two, put(one, "   mtu 9000\n", "") + two, set("mtu 1600\n"), false, 0},
		"the same block, else":      {one + two + "interface Et1\n   mtu 9000\n", put(one, "9000", "1600") + two + "interface Et1\n   mtu 9000\n", set("mtu 1600\n"), false, 0},
		"the same block, twice":     {one + two + "interface Ethernet1\n   mtu 9000\n", put(one, "9000", "1600") + two + "interface Ethernet1\n   mtu 9000\n", set("mtu 1600\n"), false, 0},
		"wanted twice":              {one + two, put(one, "9000", "1600") + two + put(one, "9000", "1600"), set("mtu 1600\n"), true, 0},
		"not wanted":                {one + two, two, set("mtu 1600\n"), false, 0},
		"entered twice":             {one + two, put(put(one, "9000", "1600"), "n a", "n b") + two, set("mtu 1600\n") + set("description b\n"), true, 0},
		"taken away then":           {one + two, put(one, "9000", "1600") + two, set("mtu 1600\n") + "no interface Ethernet1\n", false, 0},
		"its address is taken":      {one + two, put(one, "9000", "1600") + put(two, "10.0.1.1", "10.0.0.9"), set("mtu 1600\n") + "interface Ethernet2\nno ip address 10.0.1.1/24\nip address 10.0.0.9/24\nexit\n", false, 0},
		"an address":                {one + two, put(one, "10.0.0.1", "10.0.2.1") + two, set("no ip address 10.0.0.1/24\nip address 10.0.2.1/24\n"), true, 0},
		"a remark":                  {one + two, put(one, "9000", "1600") + two, set("!\nmtu 1600\n"), false, 0},
		"a list":                    {list(255) + one, put(list(255), "   seq 9 permit 10.0.8.0/24\n", "") + one, "ip prefix-list P\nno seq 9\nexit\n", true, 1},
		"a long list":               {list(257) + one, put(list(257), "   seq 9 permit 10.0.8.0/24\n", "") + one, "ip prefix-list P\nno seq 9\nexit\n", true, 0},
		"unknown":                   {one + two, put(one, "9000", "1600") + two, set("mtu 1600\nmtus 3\n"), false, 0},
		"it is not left":            {one + two, put(one, "9000", "1600") + two, "interface Ethernet1\nmtu 1600\n", true, 0},
		"a line under another":      {put(one, "   mtu", "      x\n   mtu") + two, put(put(one, "   mtu", "      x\n   mtu"), "9000", "1600") + two, set("mtu 1600\n"), true, 0},
		"a line under another goes": {put(one, "   mtu", "      x\n   mtu") + two, put(one, "9000", "1600") + two, set("mtu 1600\n"), false, 0},
		"a line behind a tab":       {put(one, "   ip", "\tip") + two, put(put(one, "9000", "1600"), "   ip", "\tip") + two, set("mtu 1600\n"), true, 0},
		"a line behind a gap":       {put(one, "   ip", "\n   mtu 8000\n   ip") + two, put(put(one, "9000", "1600"), "   ip", "\n   mtu 8000\n   ip") + two, set("mtu 1600\n"), false, 0},
		"a line behind a remark":    {put(one, "   ip", "!\n   mtu 8000\n   ip") + two, put(put(one, "9000", "1600"), "   ip", "!\n   mtu 8000\n   ip") + two, set("mtu 1600\n"), false, 0},
		"a line under it, by a tab": {"interface Ethernet1\n   mtu 9000\n\tip address 10.0.0.1/24\n", "interface Ethernet1\n   mtu 1600\n\tip address 10.0.0.1/24\n", set("no mtu\nmtu 1600\n"), false, 0},
		"a remark at the end":       {one + "!\n" + two, put(one, "9000", "1600") + "!\n" + two, set("mtu 1600\n"), true, 1},
		"another spelling":          {put(one, "mtu 9000", "mtu  09000") + two, put(one, "9000", "1600") + two, set("mtu 1600\n"), true, 1},
		"a default that is written": {put(one, "9000", "1500") + two, put(one, "9000", "1600") + two, set("mtu 1600\n"), true, 0},
		"a line twice":              {put(one, "   ip", "   mtu 8000\n   ip") + two, put(one, "9000", "1600") + two, set("mtu 1600\n"), true, 0},
		"a line that none knows":    {put(one, "   mtu 9000", "   mtu x y z") + two, put(one, "9000", "1600") + two, set("mtu 1600\n"), false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			have, want, script := []byte(c.have), []byte(c.want), []byte(c.script)
			glance, refused := replay.Brief(p.Dialect, have, want, script)
			if (refused == "") != c.holds || glance && !c.holds {
				t.Errorf("at a glance %v, all read %q, want %v", glance, refused, c.holds)
			}
			if n := replay.Aside(p.Dialect, have, want, script); glance && n != c.aside || c.aside > 0 && !glance {
				t.Errorf("at a glance %v: %d blocks aside, want %d", glance, n, c.aside)
			}
			if out := replay.Check(p.Dialect, have, want, script); (len(out) == 0) != c.holds {
				t.Errorf("the verdict is %v", out)
			}
		})
	}
}
